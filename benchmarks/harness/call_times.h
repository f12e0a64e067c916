#pragma once

#include <optional>

#include "benchmarks/harness/runner.h"
#include "benchmarks/harness/sampler.h"

namespace breakeven {

/// What calls take seen from the host [s].
struct CallTimes {
  std::optional<double> call_s = {};     // of a device: in a row, per call
  std::optional<double> latency_s = {};  // of a device: by itself; of the CPU where that matters
  std::optional<double> latency_p99_s = {};
  std::optional<int> latency_calls = {};
  std::optional<double> read_back_s = {};   // of a device and calls with state: each read back
  std::optional<double> epoch_step_s = {};  // of the CPU: each on a batch that is loaded first
};

/// Measures a runner's calls, one of which takes about `call_s`, on set 0. `load` is null where
/// nothing is loaded; what it loads stays in the set.
CallTimes time_calls(Runner& runner, Device* device, const ProblemView& problem,
                     const LoadBatch& load, double call_s, const SamplingLimits& limits);

}  // namespace breakeven
