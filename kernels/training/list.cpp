#include "kernels/training/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_network {
CudaImplementation<NetworkProblem> naive(), tuned(), tuned_graph(), library(), library_graph();
}

std::span<const CudaImplementation<NetworkProblem>> cuda_network_list() {
  static const CudaImplementation<NetworkProblem> list[] = {
      cuda_network::naive(),       cuda_network::tuned(),
#ifndef BREAKEVEN_ON_HOST  // a graph and a library need a GPU
      cuda_network::tuned_graph(), cuda_network::library(), cuda_network::library_graph(),
#endif
  };
  return list;
}

}  // namespace breakeven
