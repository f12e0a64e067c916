#include "cpu_reference/conv/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_conv {
CpuImplementation<ConvProblem> naive(), direct(), im2col(), implicit_gemm(), winograd(),
    depthwise(), across_images(), onednn(), onednn_packed();
}

std::span<const CpuImplementation<ConvProblem>> cpu_conv_list() {
  static const CpuImplementation<ConvProblem> list[] = {
      cpu_conv::naive(),         cpu_conv::direct(),   cpu_conv::im2col(),
      cpu_conv::implicit_gemm(), cpu_conv::winograd(), cpu_conv::depthwise(),
      cpu_conv::across_images(), cpu_conv::onednn(),   cpu_conv::onednn_packed(),
  };
  return list;
}

}  // namespace breakeven
