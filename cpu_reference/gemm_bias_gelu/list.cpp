#include "cpu_reference/gemm_bias_gelu/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_gemm_bias_gelu {
CpuImplementation<GemmBiasGeluProblem> naive(), openblas(), onednn();
}

std::span<const CpuImplementation<GemmBiasGeluProblem>> cpu_gemm_bias_gelu_list() {
  static const CpuImplementation<GemmBiasGeluProblem> list[] = {
      cpu_gemm_bias_gelu::naive(),
      cpu_gemm_bias_gelu::openblas(),
      cpu_gemm_bias_gelu::onednn(),
  };
  return list;
}

}  // namespace breakeven
