#include "kernels/conv/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_conv {
CudaImplementation<ConvProblem> naive(), shared_tile(), implicit_gemm(), implicit_gemm_mma(),
    wgrad_split_k(), depthwise();
}

std::span<const CudaImplementation<ConvProblem>> cuda_conv_list() {
  static const CudaImplementation<ConvProblem> list[] = {
      cuda_conv::naive(),         cuda_conv::shared_tile(),
      cuda_conv::implicit_gemm(), cuda_conv::implicit_gemm_mma(),
      cuda_conv::wgrad_split_k(), cuda_conv::depthwise(),
  };
  return list;
}

}  // namespace breakeven
