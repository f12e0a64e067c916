#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/harness/contender.h"

namespace breakeven {

/// A call that is predicted to take longer is skipped, whatever the budget.
constexpr double kCallCap = 10;

/// One thing to measure in every repetition of a problem: a contender in a cache state.
struct Unit {
  std::size_t contender;
  CacheState cache;
  Side side;
  bool all_threads;  // CUDA, or a CPU contender on every usable thread
  Rung rung;
  double call_s;  // from the pilot
};

struct UnitPlan {
  std::vector<Unit> measured;
  std::vector<Unit> skipped;
  /// Wall cap of one repetition of each measured unit: its least cost and an equal share of what
  /// the allowance leaves.
  std::vector<double> wall_cap_s;
};

/// Spreads a problem's allowance over units and repetitions. The fastest of each side comes first,
/// then all-thread, one-thread and naive contenders, warm before cold: a slow machine measures
/// fewer cases, never half of a pair. If the fastest of both sides do not fit, nothing is measured.
UnitPlan plan_units(std::vector<Unit> units, int repetitions, double allowance_s);

}  // namespace breakeven
