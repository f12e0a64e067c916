#include "benchmarks/harness/call_times.h"

#include <algorithm>
#include <vector>

#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

double loaded_seconds(Runner& runner, const LoadBatch& load, int calls) {
  const Tensors tensors = runner.buffers().tensors(0);
  const double start = steady_seconds();
  for (int call = 0; call < calls; ++call) {
    load(tensors);
    runner.call(0);
  }
  return (steady_seconds() - start) / calls;
}

}  // namespace

CallTimes time_calls(Runner& runner, Device* device, const ProblemView& problem,
                     const LoadBatch& load, double call_s, const SamplingLimits& limits) {
  CallTimes times;
  const Operation call = [&](int set) { runner.call(set); };
  if (problem.single_calls) {
    constexpr int most = 1000;
    const double wall_s = std::max(limits.wall_cap_s, std::min(0.1, 300 * call_s));
    const std::vector<double> seconds = single_call_seconds(device, call, wall_s, most);
    times.latency_s = median(seconds);
    times.latency_p99_s = percentile_99(seconds);
    times.latency_calls = static_cast<int>(seconds.size());
  } else if (device) {
    times.latency_s = median(sample_latency(*device, call, limits).seconds);
  }
  const int calls = std::clamp(int(limits.wall_cap_s / call_s), 1, 100);
  if (!device) {
    if (load) times.epoch_step_s = loaded_seconds(runner, load, calls);
    return times;
  }
  times.call_s = back_to_back_seconds(*device, call, calls);
  if (!has_state(problem)) return times;
  const Operation read_back = [&](int set) {
    runner.call(set);
    runner.read_back(set);
  };
  times.read_back_s = back_to_back_seconds(*device, read_back, calls);
  return times;
}

}  // namespace breakeven
