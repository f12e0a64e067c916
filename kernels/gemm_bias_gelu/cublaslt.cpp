// cuBLASLt with its epilogue CUBLASLT_EPILOGUE_GELU_BIAS: bias and gelu (its tanh form) are part of
// the kernel that multiplies. cublaslt takes the first algorithm that the library's heuristic
// proposes, cublaslt_searched the fastest of all that it proposes, timed in prepare.
// Its tanh is the hardware's (MUFU.TANH in the machine code of its epilogues with gelu, CUDA 13.0),
// whose relative error is up to 2^-11 (PTX: tanh.approx.f32): the bound of its results has that.
// Limits: what its heuristic has a kernel with this epilogue for.

#include "kernels/gemm/cublaslt_matmul.h"
#include "operations/gemm_bias_gelu/problem.h"

namespace breakeven::cuda_gemm_bias_gelu {
namespace {

using cuda_gemm::Epilogue;

Support supports(const GemmBiasGeluProblem& problem) {
  return cuda_gemm::cublaslt_supports(problem.product, false, Epilogue::bias_gelu);
}

template <bool searched>
CudaCall prepare(const GemmBiasGeluProblem& problem) {
  return cuda_gemm::prepare_cublaslt(problem.product, false, searched, Epilogue::bias_gelu);
}

/// An error of 2^-11 of tanh is one of 2^-12·|x| of gelu(x); the bound has 2·input·4·|x|.
MathMode hardware_tanh(const GemmBiasGeluProblem&) { return {.input = 0x1p-15}; }

}  // namespace

CudaImplementation<GemmBiasGeluProblem> cublaslt() {
  return {"cublaslt", Rung::library, supports, prepare<false>, hardware_tanh};
}

CudaImplementation<GemmBiasGeluProblem> cublaslt_searched() {
  return {"cublaslt_searched", Rung::library, supports, prepare<true>, hardware_tanh};
}

}  // namespace breakeven::cuda_gemm_bias_gelu
