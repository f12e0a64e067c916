// What changed against packed: the product is GEMM's skinny, which packs nothing.
// Limits: f32; products that skinny takes.

#include "cpu_reference/gemm_epilogue/epilogue_pass.h"

namespace breakeven::cpu_gemm {
CpuImplementation<GemmProblem> skinny();  // skinny.cpp there
}

namespace breakeven::cpu_gemm_epilogue {

CpuImplementation<GemmEpilogueProblem> skinny() { return with_epilogue_pass<cpu_gemm::skinny>(); }

}  // namespace breakeven::cpu_gemm_epilogue
