#include "benchmarks/harness/plan.h"

#include <algorithm>
#include <tuple>

namespace breakeven {
namespace {

/// One call to warm up, one sample, and what a repetition costs around them.
double least_cost(const Unit& unit) { return 2 * unit.call_s + 0.5e-3; }

/// More wall time than this narrows an interval no further that repetitions would not.
constexpr double kMostWall = 1;

/// Place in the queue for the allowance; lower is first.
int precedence(const Unit& unit) {
  if (!unit.all_threads) return unit.cache == CacheState::cold ? 4 : unit.rung == Rung::naive ? 3 : 2;
  return unit.cache == CacheState::warm ? 0 : 1;
}

}  // namespace

UnitPlan plan_units(std::vector<Unit> units, int repetitions, double allowance_s) {
  std::sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) {
    return std::tuple(precedence(a), a.call_s) < std::tuple(precedence(b), b.call_s);
  });
  // The fastest of each side to the front: with them the problem has a pair, without them nothing.
  std::size_t core = 0;
  for (Side side : {Side::cpu, Side::cuda}) {
    const auto first = std::find_if(units.begin() + static_cast<std::ptrdiff_t>(core), units.end(),
                                    [&](const Unit& unit) { return unit.side == side; });
    if (first == units.end()) continue;
    std::rotate(units.begin() + static_cast<std::ptrdiff_t>(core), first, first + 1);
    ++core;
  }
  double core_s = 0;
  for (std::size_t i = 0; i < core; ++i) core_s += repetitions * least_cost(units[i]);
  if (core_s > allowance_s) return {.measured = {}, .skipped = std::move(units), .wall_cap_s = {}};

  UnitPlan plan;
  double left_s = allowance_s;
  for (const Unit& unit : units) {
    const double cost_s = repetitions * least_cost(unit);
    if (cost_s > left_s) {
      plan.skipped.push_back(unit);
    } else {
      plan.measured.push_back(unit);
      left_s -= cost_s;
    }
  }
  const double share_s = left_s / (repetitions * std::max<double>(1, double(plan.measured.size())));
  for (const Unit& unit : plan.measured) {
    plan.wall_cap_s.push_back(least_cost(unit) + std::min(share_s, kMostWall));
  }
  return plan;
}

}  // namespace breakeven
