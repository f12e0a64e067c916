#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/harness/contender.h"
#include "benchmarks/harness/session.h"

namespace breakeven {

/// One thing to measure in every repetition of a problem: a contender in a cache state.
struct Unit {
  std::size_t contender;
  CacheState cache;
  Side side;
  bool all_threads;  // CUDA, or a CPU contender on every usable thread
  Rung rung;
  double call_s;  // predicted or from the pilot
};

Unit unit_of(const std::vector<Contender>& contenders, std::size_t index, CacheState cache,
             const Session& session);

struct Selection {
  std::vector<Unit> kept, skipped;
  double left_s = 0;  // of the allowance
};

/// Keeps units while their cost fits in what is left of the allowance. The fastest of each side
/// comes first, then all-thread, one-thread and naive contenders, warm before cold, the faster
/// before the slower: a slow machine measures fewer cases, never half of a pair. If the fastest of
/// both sides do not fit, nothing is kept.
Selection select_units(std::vector<Unit> units, const std::function<double(const Unit&)>& cost_s,
                       double allowance_s);

/// Why units were not kept: what their calls and `work` cost against the allowance.
std::string budget_reason(double call_s, const std::string& work, double allowance_s);

struct UnitPlan {
  std::vector<Unit> measured, skipped;
  /// Wall cap of one repetition of each measured unit: its least cost and an equal share of what
  /// the allowance leaves, but no more than taking all samples three times over needs.
  std::vector<double> wall_cap_s;
};

/// Spreads an allowance over units and repetitions of at most `max_samples` samples.
UnitPlan plan_units(std::vector<Unit> units, int repetitions, int max_samples, double allowance_s);

}  // namespace breakeven
