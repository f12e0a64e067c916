#include <algorithm>
#include <stdexcept>

#include "benchmarks/harness/sampler.h"
#include "benchmarks/harness/sampling_loop.h"

namespace breakeven {
namespace {

/// Launches that may wait behind the blocking kernel: well below the depth of a launch queue (about
/// 1 000), also for implementations of several launches per call.
constexpr int kQueueDepth = 128;

/// What a GPU that idled gets to raise its clocks [s].
constexpr double kClockRamp = 0.01;

/// A call at least this long hides its own launch, and so much more for each of many.
constexpr double kLongCall = 1e-3, kLongLaunch = 20e-6;

}  // namespace

bool hides_its_launches(double call_s, int launches) {
  return call_s >= std::max(kLongCall, launches * kLongLaunch);
}

Samples sample_device(Device& device, const Operation& enqueue, int sets,
                      const SamplingLimits& limits, Clock clock) {
  int set = 0;
  double last_call_s = 0;
  const auto seconds_of = [&](int calls) {
    const bool hold = !hides_its_launches(last_call_s, limits.launches);
    if (hold) device.block();
    device.record(Device::Event::start);
    for (int call = 0; call < calls; ++call) {
      enqueue(set);
      if (++set == sets) set = 0;
    }
    device.record(Device::Event::stop);
    const bool held = !hold || device.unblock();
    device.synchronize();
    if (!held) {
      throw std::runtime_error(
          "the call waited for the device while its stream was held: it synchronises, or it filled "
          "the launch queue");
    }
    const double seconds = device.seconds_between(Device::Event::start, Device::Event::stop);
    last_call_s = seconds / calls;
    return seconds;
  };
  SamplingLimits with_ramp = limits;
  with_ramp.min_warmup_s = std::max(limits.min_warmup_s, kClockRamp);
  return sampling_loop(seconds_of, std::max(kQueueDepth / limits.launches, 1), with_ramp, clock);
}

double back_to_back_seconds(Device& device, const Operation& enqueue, int calls, Clock clock) {
  device.synchronize();
  const double start = clock();
  for (int call = 0; call < calls; ++call) enqueue(0);
  device.synchronize();
  return (clock() - start) / calls;
}

Samples sample_latency(Device& device, const Operation& enqueue, const SamplingLimits& limits,
                       Clock clock) {
  const auto seconds_of = [&](int calls) {
    double seconds = 0;
    for (int call = 0; call < calls; ++call) {
      device.synchronize();
      const double start = clock();
      enqueue(0);
      device.synchronize();
      seconds += clock() - start;
    }
    return seconds;
  };
  return sampling_loop(seconds_of, /*max_batch=*/1, limits, clock);
}

}  // namespace breakeven
