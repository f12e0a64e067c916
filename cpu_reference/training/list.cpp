#include "cpu_reference/training/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_network {
CpuImplementation<NetworkProblem> naive(), tuned(), library(), picked();
}

std::span<const CpuImplementation<NetworkProblem>> cpu_network_list() {
  static const CpuImplementation<NetworkProblem> list[] = {
      cpu_network::naive(),
      cpu_network::tuned(),
      cpu_network::library(),
      cpu_network::picked(),
  };
  return list;
}

}  // namespace breakeven
