#include "kernels/pool/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_pool {
CudaImplementation<PoolProblem> naive(), cudnn();
}

std::span<const CudaImplementation<PoolProblem>> cuda_pool_list() {
  static const CudaImplementation<PoolProblem> list[] = {
      cuda_pool::naive(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_pool::cudnn(),
#endif
  };
  return list;
}

}  // namespace breakeven
