#include "kernels/pool/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_pool {
CudaImplementation<PoolProblem> naive();
}

std::span<const CudaImplementation<PoolProblem>> cuda_pool_list() {
  static const CudaImplementation<PoolProblem> list[] = {
      cuda_pool::naive(),
  };
  return list;
}

}  // namespace breakeven
