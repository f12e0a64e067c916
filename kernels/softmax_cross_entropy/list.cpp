#include "kernels/softmax_cross_entropy/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_softmax_cross_entropy {
CudaImplementation<SoftmaxCrossEntropyProblem> naive(), warp();
}

std::span<const CudaImplementation<SoftmaxCrossEntropyProblem>> cuda_softmax_cross_entropy_list() {
  static const CudaImplementation<SoftmaxCrossEntropyProblem> list[] = {
      cuda_softmax_cross_entropy::naive(),
      cuda_softmax_cross_entropy::warp(),
  };
  return list;
}

}  // namespace breakeven
