#include "kernels/conv/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_conv {
CudaImplementation<ConvProblem> naive(), shared_tile(), implicit_gemm(), implicit_gemm_mma(),
    wgrad_split_k(), depthwise(), cudnn(), cudnn_searched(), cudnn_deterministic(), cudnn_tf32(),
    cudnn_tf32_searched();
}

std::span<const CudaImplementation<ConvProblem>> cuda_conv_list() {
  static const CudaImplementation<ConvProblem> list[] = {
      cuda_conv::naive(),
      cuda_conv::shared_tile(),
      cuda_conv::implicit_gemm(),
      cuda_conv::implicit_gemm_mma(),
      cuda_conv::wgrad_split_k(),
      cuda_conv::depthwise(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_conv::cudnn(),
      cuda_conv::cudnn_searched(),
      cuda_conv::cudnn_deterministic(),
      cuda_conv::cudnn_tf32(),
      cuda_conv::cudnn_tf32_searched(),
#endif
  };
  return list;
}

}  // namespace breakeven
