#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/device.h"

namespace breakeven {

enum class StopReason { interval, samples, wall, interrupted };
std::string_view name_of(StopReason reason);

/// When sampling one repetition ends.
struct SamplingLimits {
  double wall_cap_s = 1;    // for the samples; warming up comes before
  double warmup_cap_s = 1;  // at most; nor more than a third of the wall cap, but 20 ms
  int max_samples = 100;
  double min_sample_s = 50e-6;      // shorter calls are batched: an event ticks at about 0.5 µs
  double relative_interval = 0.01;  // stop once the median's interval is within ± this
  int launches = 1;                 // that a call puts on a device's stream
  double min_warmup_s = 0;          // even if windows agree: an idle GPU's clock rises slowly
  std::function<void()> before_samples = {};  // called between warming up and the first sample
};

/// One repetition: every sample taken, nothing deleted.
struct Samples {
  std::vector<double> seconds;  // per call, in order
  int batch = 1;                // calls per sample
  double warmup_s = 0;
  StopReason stop = StopReason::samples;
};

/// One call of the operation on the buffer set of that index (rotating buffers; always 0 when
/// warm).
using Operation = std::function<void(int set)>;

/// Wall time per call on the CPU. `sets` buffer sets are rotated call by call.
Samples sample_cpu(const Operation& operation, int sets, const SamplingLimits& limits,
                   Clock clock = steady_seconds);

/// Whether a call takes so long on a device that the host enqueues the next one meanwhile: there is
/// no need to hold the stream.
bool hides_its_launches(double call_s, int launches);

/// Device time per call between events; short calls queue behind a blocking kernel.
Samples sample_device(Device& device, const Operation& enqueue, int sets,
                      const SamplingLimits& limits, Clock clock = steady_seconds);

/// Wall time of single calls [s]: on the CPU, or with a device launch to synchronised. As many as
/// fit into `wall_s`, ten at least and `most` at most, after a few that are not counted.
std::vector<double> single_call_seconds(Device* device, const Operation& operation, double wall_s,
                                        int most);

/// Host wall time per call of a back-to-back batch that ends in one synchronise [s].
double back_to_back_seconds(Device& device, const Operation& enqueue, int calls,
                            Clock clock = steady_seconds);
/// Host wall time of single calls, launch to synchronised [s].
Samples sample_latency(Device& device, const Operation& enqueue, const SamplingLimits& limits,
                       Clock clock = steady_seconds);

}  // namespace breakeven
