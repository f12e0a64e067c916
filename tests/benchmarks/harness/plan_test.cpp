#include "benchmarks/harness/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace breakeven {
namespace {

constexpr int kRepetitions = 5, kSamples = 20;

Unit cpu(std::size_t index, double call_s, bool all_threads = true,
         CacheState cache = CacheState::warm, Rung rung = Rung::library) {
  return {index, cache, Side::cpu, all_threads, rung, call_s};
}
Unit cuda(std::size_t index, double call_s, CacheState cache = CacheState::warm) {
  return {index, cache, Side::cuda, true, Rung::library, call_s};
}

double planned_s(const UnitPlan& plan) {
  double seconds = 0;
  for (double cap_s : plan.wall_cap_s) seconds += kRepetitions * cap_s;
  return seconds;
}

bool has(const std::vector<Unit>& units, Side side) {
  return std::any_of(units.begin(), units.end(),
                     [&](const Unit& unit) { return unit.side == side; });
}

std::vector<Unit> random_units(std::mt19937_64& random) {
  std::uniform_real_distribution<double> exponent(-6, 0);
  std::vector<Unit> units;
  for (std::size_t i = 0; i < 12; ++i) {
    const double call_s = std::pow(10, exponent(random));
    const CacheState cache = random() % 2 ? CacheState::warm : CacheState::cold;
    const Rung rung = random() % 2 ? Rung::naive : Rung::tuned;
    units.push_back(i % 3 == 0 ? cuda(i, call_s, cache)
                               : cpu(i, call_s, random() % 2, cache, rung));
  }
  return units;
}

TEST(Plan, NeverExceedsTheAllowanceAndLosesNoUnit) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    const auto units = random_units(random);
    for (double allowance_s : {0.0, 1e-3, 0.05, 1.0, 20.0}) {
      const UnitPlan plan = plan_units(units, kRepetitions, kSamples, allowance_s);
      EXPECT_LE(planned_s(plan), allowance_s * (1 + 1e-9));
      EXPECT_EQ(plan.measured.size() + plan.skipped.size(), units.size());
      EXPECT_EQ(plan.measured.size(), plan.wall_cap_s.size());
    }
  }
}

TEST(Plan, NeverMeasuresHalfOfAPair) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 500; ++i) {
    const auto units = random_units(random);
    for (double allowance_s : {1e-3, 0.05, 0.2, 1.0, 20.0}) {
      const UnitPlan plan = plan_units(units, kRepetitions, kSamples, allowance_s);
      EXPECT_EQ(has(plan.measured, Side::cpu), has(plan.measured, Side::cuda));
    }
  }
}

TEST(Plan, TheFastestOfEachSideComesFirst) {
  const std::vector<Unit> units{cpu(0, 0.5), cpu(1, 0.1), cuda(2, 0.3), cuda(3, 0.2)};
  const UnitPlan plan = plan_units(units, kRepetitions, kSamples, 3.1);
  ASSERT_GE(plan.measured.size(), 2u);
  EXPECT_EQ(plan.measured[0].contender, 1u);
  EXPECT_EQ(plan.measured[1].contender, 3u);
  EXPECT_EQ(plan.skipped.size(), 2u) << "3 s are for the two alone";
}

TEST(Plan, OneThreadAndNaiveComeAfterAllThreadsAndColdAfterWarm) {
  const std::vector<Unit> units{cpu(0, 1e-3, false, CacheState::cold, Rung::naive),
                                cpu(1, 1e-3, false, CacheState::warm),
                                cpu(2, 1e-3, false, CacheState::warm, Rung::naive),
                                cpu(3, 1e-3, true, CacheState::cold), cpu(4, 2e-3, true)};
  const UnitPlan plan = plan_units(units, kRepetitions, kSamples, 100);
  std::vector<std::size_t> order;
  for (const Unit& unit : plan.measured) order.push_back(unit.contender);
  EXPECT_EQ(order, (std::vector<std::size_t>{4, 3, 1, 2, 0}));
}

TEST(Plan, WithoutALimitMeasuresAll) {
  std::mt19937_64 random(3);
  const auto units = random_units(random);
  const UnitPlan plan = plan_units(units, kRepetitions, kSamples, 1e9);
  EXPECT_TRUE(plan.skipped.empty());
  for (std::size_t i = 0; i < plan.measured.size(); ++i) {
    EXPECT_GE(plan.wall_cap_s[i], kSamples * plan.measured[i].call_s) << "room for every sample";
  }
}

TEST(Plan, OneSideAloneIsMeasured) {
  const UnitPlan plan = plan_units({cpu(0, 1e-3)}, kRepetitions, kSamples, 1);
  EXPECT_EQ(plan.measured.size(), 1u);
}

TEST(Plan, OfNothingIsEmpty) {
  const UnitPlan plan = plan_units({}, kRepetitions, kSamples, 1);
  EXPECT_TRUE(plan.measured.empty());
  EXPECT_TRUE(plan.skipped.empty());
}

}  // namespace
}  // namespace breakeven
