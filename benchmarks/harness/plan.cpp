#include "benchmarks/harness/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "benchmarks/harness/sampler.h"

namespace breakeven {
namespace {

/// One call to warm up, one sample, and what a repetition costs around them.
double least_cost(const Unit& unit) { return 2 * unit.call_s + 0.5e-3; }

/// Place in the queue for the allowance; lower is first.
int precedence(const Unit& unit) {
  if (!unit.all_threads) {
    return unit.cache == CacheState::cold ? 4 : unit.rung == Rung::naive ? 3 : 2;
  }
  return unit.cache == CacheState::warm ? 0 : 1;
}

/// Sorts, and brings the fastest of each side to the front; returns how many those are.
std::size_t put_in_order(std::vector<Unit>& units) {
  std::stable_sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) {
    return std::tuple(precedence(a), a.call_s) < std::tuple(precedence(b), b.call_s);
  });
  auto front = units.begin();
  for (Side side : {Side::cpu, Side::cuda}) {
    const auto first =
        std::find_if(front, units.end(), [&](const Unit& unit) { return unit.side == side; });
    if (first != units.end()) front = std::rotate(front, first, first + 1);
  }
  return static_cast<std::size_t>(front - units.begin());
}

}  // namespace

Unit unit_of(const std::vector<Contender>& contenders, std::size_t index, CacheState cache,
             const Session& session) {
  const Contender& contender = contenders[index];
  const Side side = contender.candidate->side;
  const bool all = side == Side::cuda || contender.threads == session.all_threads;
  return {index, cache, side, all, contender.candidate->rung, contender.pilot_s};
}

Selection select_units(std::vector<Unit> units, const std::function<double(const Unit&)>& cost_s,
                       double allowance_s) {
  const std::size_t core = put_in_order(units);
  double core_s = 0;
  for (std::size_t i = 0; i < core; ++i) core_s += cost_s(units[i]);
  Selection selection{{}, {}, allowance_s};
  if (core_s > allowance_s) {
    selection.skipped = std::move(units);
    return selection;
  }
  for (const Unit& unit : units) {
    const double cost = cost_s(unit);
    if (cost > selection.left_s) {
      selection.skipped.push_back(unit);
    } else {
      selection.kept.push_back(unit);
      selection.left_s -= cost;
    }
  }
  return selection;
}

std::string budget_reason(double call_s, const std::string& work, double allowance_s) {
  if (allowance_s <= 0) return "the time budget is spent";
  return fmt::format(
      "{:.3g} s a call: {} do not fit in the {:.3g} s that this problem has of the "
      "time budget",
      call_s, work, allowance_s);
}

UnitPlan plan_units(std::vector<Unit> units, int repetitions, int max_samples, double allowance_s) {
  const auto cost_s = [&](const Unit& unit) { return repetitions * least_cost(unit); };
  Selection selection = select_units(std::move(units), cost_s, allowance_s);
  UnitPlan plan{std::move(selection.kept), std::move(selection.skipped), {}};
  const double runs = repetitions * std::max<double>(1, double(plan.measured.size()));
  for (const Unit& unit : plan.measured) {
    const double useful_s = 3 * max_samples * std::max(unit.call_s, SamplingLimits{}.min_sample_s);
    // A quarter is for warming up.
    plan.wall_cap_s.push_back(least_cost(unit) +
                              std::min(0.75 * selection.left_s / runs, useful_s));
  }
  return plan;
}

}  // namespace breakeven
