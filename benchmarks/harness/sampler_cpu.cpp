#include "benchmarks/harness/sampler.h"
#include "benchmarks/harness/sampling_loop.h"

namespace breakeven {

Samples sample_cpu(const Operation& operation, int sets, const SamplingLimits& limits,
                   Clock clock) {
  int set = 0;
  const auto seconds_of = [&](int calls) {
    const double start = clock();
    for (int call = 0; call < calls; ++call) {
      operation(set);
      if (++set == sets) set = 0;
    }
    return clock() - start;
  };
  return sampling_loop(seconds_of, /*max_batch=*/1 << 20, limits, clock);
}

}  // namespace breakeven
