#include "kernels/batch_norm/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_batch_norm {
CudaImplementation<BatchNormProblem> naive(), block();
}

std::span<const CudaImplementation<BatchNormProblem>> cuda_batch_norm_list() {
  static const CudaImplementation<BatchNormProblem> list[] = {
      cuda_batch_norm::naive(),
      cuda_batch_norm::block(),
  };
  return list;
}

}  // namespace breakeven
