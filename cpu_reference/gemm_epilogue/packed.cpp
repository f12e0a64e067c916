// What changed against naive: the product is GEMM's packed (tiles of registers over packed panels,
// all threads), then one pass over D adds the bias and applies the activation (epilogue_pass.cpp).
// Limits: f32.

#include "cpu_reference/gemm_epilogue/epilogue_pass.h"

namespace breakeven::cpu_gemm {
CpuImplementation<GemmProblem> packed();  // packed.cpp there
}

namespace breakeven::cpu_gemm_epilogue {

CpuImplementation<GemmEpilogueProblem> packed() { return with_epilogue_pass<cpu_gemm::packed>(); }

}  // namespace breakeven::cpu_gemm_epilogue
