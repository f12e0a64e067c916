#include "cpu_reference/gemm/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_gemm {
CpuImplementation<GemmProblem> naive(), reordered(), blocked(), packed(), packed_bf16(),
    packed_s8(), skinny(), openblas(), onednn(), onednn_packed();
}

std::span<const CpuImplementation<GemmProblem>> cpu_gemm_list() {
  static const CpuImplementation<GemmProblem> list[] = {
      cpu_gemm::naive(),       cpu_gemm::reordered(),     cpu_gemm::blocked(), cpu_gemm::packed(),
      cpu_gemm::packed_bf16(), cpu_gemm::packed_s8(),     cpu_gemm::skinny(),  cpu_gemm::openblas(),
      cpu_gemm::onednn(),      cpu_gemm::onednn_packed(),
  };
  return list;
}

}  // namespace breakeven
