#include "cpu_reference/conv_bias_relu/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_conv_bias_relu {
CpuImplementation<ConvBiasReluProblem> naive(), direct(), implicit_gemm(), winograd(),
    across_images(), onednn(), onednn_packed();
}

std::span<const CpuImplementation<ConvBiasReluProblem>> cpu_conv_bias_relu_list() {
  static const CpuImplementation<ConvBiasReluProblem> list[] = {
      cpu_conv_bias_relu::naive(),         cpu_conv_bias_relu::direct(),
      cpu_conv_bias_relu::implicit_gemm(), cpu_conv_bias_relu::winograd(),
      cpu_conv_bias_relu::across_images(), cpu_conv_bias_relu::onednn(),
      cpu_conv_bias_relu::onednn_packed(),
  };
  return list;
}

}  // namespace breakeven
