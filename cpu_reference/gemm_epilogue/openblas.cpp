// OpenBLAS, which has no epilogue: GEMM's openblas, then one pass over D (epilogue_pass.cpp).
// Limits: f32; extents fit OpenBLAS's integers.

#include "cpu_reference/gemm_epilogue/epilogue_pass.h"

namespace breakeven::cpu_gemm {
CpuImplementation<GemmProblem> openblas();  // openblas.cpp there
}

namespace breakeven::cpu_gemm_epilogue {

CpuImplementation<GemmEpilogueProblem> openblas() {
  return with_epilogue_pass<cpu_gemm::openblas>();
}

}  // namespace breakeven::cpu_gemm_epilogue
