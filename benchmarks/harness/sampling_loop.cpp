#include "benchmarks/harness/sampling_loop.h"

#include <algorithm>
#include <cmath>

#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

constexpr int kLeastSamples = 10;

/// However small the wall cap is, so much may be spent on windows that do not agree yet [s].
constexpr double kLeastWarmupCap = 0.02;

/// Calls of `call_s` that fill `window_s`.
int calls_in(double window_s, double call_s, int most) {
  if (!(call_s > 0)) return most;
  return static_cast<int>(std::clamp(std::ceil(window_s / call_s), 1.0, double(most)));
}

bool narrow(const std::vector<double>& seconds, double relative) {
  const auto interval = median_interval(seconds);
  if (!interval) return false;
  const double middle = median(seconds);
  return interval->second <= middle * (1 + relative) && interval->first >= middle * (1 - relative);
}

/// Warms up and returns the seconds of one call at the end of it.
double warm_up(const TimeCalls& seconds_of, int max_batch, const SamplingLimits& limits,
               Clock clock) {
  const double window_s = 10 * limits.min_sample_s;
  const double cap_s =
      std::min(limits.warmup_cap_s, std::max(kLeastWarmupCap, limits.wall_cap_s / 3));
  const double start = clock();
  double call_s = seconds_of(1);
  while (!interrupted()) {
    const int calls = calls_in(window_s, call_s, max_batch);
    const double next_s = seconds_of(calls) / calls;
    const bool agrees = std::abs(next_s - call_s) <= 0.01 * call_s;
    call_s = next_s;
    const double spent_s = clock() - start;
    if ((agrees && spent_s >= limits.min_warmup_s) || spent_s >= cap_s) break;
  }
  return call_s;
}

}  // namespace

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::interval:
      return "interval";
    case StopReason::samples:
      return "samples";
    case StopReason::wall:
      return "wall";
    case StopReason::interrupted:
      return "interrupted";
  }
  return "";
}

Samples sampling_loop(const TimeCalls& seconds_of, int max_batch, const SamplingLimits& limits,
                      Clock clock) {
  Samples samples;
  const double start = clock();
  const double call_s = warm_up(seconds_of, max_batch, limits, clock);
  samples.warmup_s = clock() - start;
  if (limits.before_samples) limits.before_samples();
  const double sampling_start = clock();
  samples.batch = calls_in(limits.min_sample_s, call_s, max_batch);
  while (true) {
    samples.seconds.push_back(seconds_of(samples.batch) / samples.batch);
    const int taken = static_cast<int>(samples.seconds.size());
    if (interrupted()) {
      samples.stop = StopReason::interrupted;
    } else if (taken >= kLeastSamples && narrow(samples.seconds, limits.relative_interval)) {
      samples.stop = StopReason::interval;
    } else if (taken >= limits.max_samples) {
      samples.stop = StopReason::samples;
    } else if (clock() - sampling_start >= limits.wall_cap_s) {
      samples.stop = StopReason::wall;
    } else {
      continue;
    }
    return samples;
  }
}

}  // namespace breakeven
