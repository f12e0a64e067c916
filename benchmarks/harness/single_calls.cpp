#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/sampler.h"

namespace breakeven {

std::vector<double> single_call_seconds(Device* device, const Operation& operation, double wall_s,
                                        int most) {
  constexpr int uncounted = 3, least = 10;
  const double start = steady_seconds();
  std::vector<double> seconds;
  for (int call = -uncounted; call < most; ++call) {
    const bool spent = call >= least && steady_seconds() - start >= wall_s;
    if (call > 0 && (spent || interrupted())) break;  // one is counted, whatever comes
    if (device) device->synchronize();
    const double before = steady_seconds();
    operation(0);
    if (device) device->synchronize();
    const double taken_s = steady_seconds() - before;
    if (call >= 0) seconds.push_back(taken_s);
  }
  return seconds;
}

}  // namespace breakeven
