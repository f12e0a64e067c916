#include "benchmarks/harness/break_even.h"

#include <gtest/gtest.h>

#include <random>

namespace breakeven {
namespace {

/// The definition, tried call by call, in whole microseconds so that nothing is rounded: the first
/// k with k·cpu > h2d + k·call + d2h.
std::optional<std::int64_t> by_trying(std::int64_t cpu, std::int64_t call, std::int64_t h2d,
                                      std::int64_t d2h) {
  for (std::int64_t k = 1; k <= 100000; ++k) {
    if (k * cpu > h2d + k * call + d2h) return k;
  }
  return std::nullopt;
}

// One cold sample decided the offload threshold; the documented rule, the code and the script
// differed.
TEST(Traps, OneDefinitionOfBreakEven) {
  std::mt19937_64 random(3);
  std::uniform_int_distribution<std::int64_t> any(1, 400);
  int never = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto cpu = any(random), call = any(random), h2d = any(random), d2h = any(random);
    // Whole numbers of seconds: the same arithmetic, exact in float64.
    const auto found = break_even_calls(double(cpu), double(call), double(h2d), double(d2h));
    ASSERT_EQ(found, by_trying(cpu, call, h2d, d2h))
        << cpu << ' ' << call << ' ' << h2d << ' ' << d2h;
    never += !found;
  }
  EXPECT_GT(never, 1000);
}

TEST(BreakEven, AmortisedSpeedupPassesOneThereAndNotBefore) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> any(1e-6, 1e-2);
  for (int i = 0; i < 5000; ++i) {
    const double cpu = any(random), call = any(random), h2d = any(random), d2h = any(random);
    const auto calls = break_even_calls(cpu, call, h2d, d2h);
    if (!calls) {
      EXPECT_LE(cpu, call);
      EXPECT_LT(amortised_speedup(cpu, call, h2d, d2h, 1'000'000), 1);
      continue;
    }
    EXPECT_GT(amortised_speedup(cpu, call, h2d, d2h, *calls), 1 - 1e-12);
    EXPECT_TRUE(*calls == 1 || amortised_speedup(cpu, call, h2d, d2h, *calls - 1) <= 1 + 1e-12);
  }
}

TEST(BreakEven, IsOneWhereTheFirstCallAlreadyWins) { EXPECT_EQ(break_even_calls(10, 1, 4, 4), 1); }

TEST(BreakEven, AtATieTheNextCallDecides) {
  EXPECT_EQ(break_even_calls(3, 1, 4, 4), 5) << "four calls are equal, five win";
}

TEST(BreakEven, IsNeverWhereTheCallIsNotFaster) {
  EXPECT_EQ(break_even_calls(1, 1, 0.1, 0.1), std::nullopt);
  EXPECT_EQ(break_even_calls(1, 2, 0.1, 0.1), std::nullopt);
}

TEST(BreakEven, IsNeverForAGainTooSmallToTellFromNone) {
  EXPECT_EQ(break_even_calls(1 + 0x1p-52, 1, 10, 10), std::nullopt);
  EXPECT_EQ(break_even_calls(5e-324, 0, 1, 1), std::nullopt) << "no overflow of an integer";
  EXPECT_EQ(break_even_calls(1 + 0x1p-20, 1, 0.5, 0.5), (std::int64_t{1} << 20) + 1);
}

TEST(BreakEven, GrowsWithTheCopiesAndFallsWithTheGain) {
  std::int64_t previous = 0;
  for (double copies = 1; copies < 100; copies += 1) {
    const auto calls = *break_even_calls(3, 1, copies, 0);
    EXPECT_GE(calls, previous);
    previous = calls;
  }
  for (double cpu = 1.5; cpu < 100; cpu += 0.5) {
    const auto calls = *break_even_calls(cpu, 1, 50, 50);
    EXPECT_LE(calls, *break_even_calls(cpu - 0.25, 1, 50, 50));
  }
}

TEST(AmortisedSpeedup, TendsToThatOfTheCallAlone) {
  EXPECT_DOUBLE_EQ(amortised_speedup(4, 1, 2, 1, 1), 1);
  EXPECT_NEAR(amortised_speedup(4, 1, 2, 1, 1'000'000), 4, 1e-4);
}

}  // namespace
}  // namespace breakeven
