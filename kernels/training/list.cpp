#include "kernels/training/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_network {
CudaImplementation<NetworkProblem> naive(), tuned(), library();
}

std::span<const CudaImplementation<NetworkProblem>> cuda_network_list() {
  static const CudaImplementation<NetworkProblem> list[] = {
      cuda_network::naive(),
      cuda_network::tuned(),
      cuda_network::library(),
  };
  return list;
}

}  // namespace breakeven
