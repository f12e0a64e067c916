#pragma once

#include <functional>

#include "benchmarks/harness/sampler.h"

namespace breakeven {

/// Seconds that so many calls in a row take.
using TimeCalls = std::function<double(int calls)>;

/// The one policy of warming up, batching and stopping, for both sides: warm up until two windows
/// agree within 1 % or the warm-up cap is spent; batch so that a sample lasts long enough for the
/// clock; after ten samples stop once the median's interval is narrow, or at a cap.
Samples sampling_loop(const TimeCalls& seconds_of, int max_batch, const SamplingLimits& limits,
                      Clock clock);

}  // namespace breakeven
