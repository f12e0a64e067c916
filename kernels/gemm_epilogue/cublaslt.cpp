// cuBLASLt with its epilogues CUBLASLT_EPILOGUE_RELU_BIAS and CUBLASLT_EPILOGUE_GELU_BIAS: bias and
// activation are part of the kernel that multiplies. cublaslt takes the first algorithm that the
// library's heuristic proposes, cublaslt_searched the fastest of all that it proposes, timed in
// prepare.
// Its gelu is the tanh form, and its tanh the hardware's (MUFU.TANH in the machine code of its
// epilogues with gelu, CUDA 13.0), whose relative error is up to 2^-11 (PTX: tanh.approx.f32): the
// bound of its results has that.
// Limits: what its heuristic has a kernel with this epilogue for; its relu is said to make 0 of
// NaN.

#include "kernels/gemm/cublaslt_matmul.h"
#include "operations/gemm_epilogue/problem.h"

namespace breakeven::cuda_gemm_epilogue {
namespace {

using Fused = cuda_gemm::Epilogue;

Fused fused(const GemmEpilogueProblem& problem) {
  return problem.activation == Activation::relu ? Fused::bias_relu : Fused::bias_gelu;
}

Support supports(const GemmEpilogueProblem& problem) {
  return cuda_gemm::cublaslt_supports(problem.product, false, fused(problem));
}

template <bool searched>
CudaCall prepare(const GemmEpilogueProblem& problem) {
  return cuda_gemm::prepare_cublaslt(problem.product, false, searched, fused(problem));
}

/// An error of 2^-11 of tanh is one of 2^-12·|x| of gelu(x); the bound has 2·input·4·|x|.
MathMode math_mode(const GemmEpilogueProblem& problem) {
  return {.input = problem.activation == Activation::relu ? 0 : 0x1p-15};
}

}  // namespace

CudaImplementation<GemmEpilogueProblem> cublaslt() {
  return {"cublaslt", Rung::library, supports, prepare<false>, math_mode};
}

CudaImplementation<GemmEpilogueProblem> cublaslt_searched() {
  return {"cublaslt_searched", Rung::library, supports, prepare<true>, math_mode};
}

}  // namespace breakeven::cuda_gemm_epilogue
