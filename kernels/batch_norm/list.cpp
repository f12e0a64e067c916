#include "kernels/batch_norm/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_batch_norm {
CudaImplementation<BatchNormProblem> naive(), block(), cudnn();
}

std::span<const CudaImplementation<BatchNormProblem>> cuda_batch_norm_list() {
  static const CudaImplementation<BatchNormProblem> list[] = {
      cuda_batch_norm::naive(),
      cuda_batch_norm::block(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_batch_norm::cudnn(),
#endif
  };
  return list;
}

}  // namespace breakeven
