#include "kernels/conv_bias_relu/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_conv_bias_relu {
CudaImplementation<ConvBiasReluProblem> naive(), implicit_gemm_mma(), cudnn(), cudnn_searched(),
    cudnn_tf32(), cudnn_tf32_searched();
}

std::span<const CudaImplementation<ConvBiasReluProblem>> cuda_conv_bias_relu_list() {
  static const CudaImplementation<ConvBiasReluProblem> list[] = {
      cuda_conv_bias_relu::naive(),      cuda_conv_bias_relu::implicit_gemm_mma(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_conv_bias_relu::cudnn(),      cuda_conv_bias_relu::cudnn_searched(),
      cuda_conv_bias_relu::cudnn_tf32(), cuda_conv_bias_relu::cudnn_tf32_searched(),
#endif
  };
  return list;
}

}  // namespace breakeven
