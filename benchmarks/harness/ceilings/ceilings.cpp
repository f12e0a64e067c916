#include "benchmarks/harness/ceilings/ceilings.h"

#include "benchmarks/harness/ceilings/cpu_probes.h"
#include "benchmarks/harness/ceilings/device_probes.h"

namespace breakeven {

std::vector<Ceiling> measure_cpu_ceilings(double budget_s, int all_threads, int repetitions) {
  return measure(cpu_probes(all_threads), repetitions, budget_s);
}

std::vector<Ceiling> measure_device_ceilings(Device* device, const std::string& absence,
                                             double budget_s, int repetitions) {
  return measure(device_probes(device, absence), repetitions, budget_s);
}

}  // namespace breakeven
