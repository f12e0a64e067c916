#include "cpu_reference/gemm_epilogue/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_gemm_epilogue {
CpuImplementation<GemmEpilogueProblem> naive(), packed(), skinny(), openblas(), onednn();
}

std::span<const CpuImplementation<GemmEpilogueProblem>> cpu_gemm_epilogue_list() {
  static const CpuImplementation<GemmEpilogueProblem> list[] = {
      cpu_gemm_epilogue::naive(),    cpu_gemm_epilogue::packed(), cpu_gemm_epilogue::skinny(),
      cpu_gemm_epilogue::openblas(), cpu_gemm_epilogue::onednn(),
  };
  return list;
}

}  // namespace breakeven
