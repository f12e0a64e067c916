#include "benchmarks/harness/ceilings/ceilings.h"

#include "benchmarks/harness/ceilings/cpu_probes.h"
#include "benchmarks/harness/ceilings/device_probes.h"

namespace breakeven {

void measure_cpu_ceilings(double budget_s, int all_threads, const TakeCeiling& take,
                          int repetitions) {
  measure(cpu_probes(all_threads), repetitions, budget_s, take);
}

void measure_device_ceilings(Device* device, const std::string& absence, double budget_s,
                             const TakeCeiling& take, int repetitions) {
  measure(device_probes(device, absence), repetitions, budget_s, take);
}

}  // namespace breakeven
