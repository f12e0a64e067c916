// cuBLASLt with its epilogue CUBLASLT_EPILOGUE_GELU_BIAS: bias and gelu (its tanh form) are part of
// the kernel that multiplies. cublaslt takes the first algorithm that the library's heuristic
// proposes, cublaslt_searched the fastest of all that it proposes, timed in prepare.
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

}  // namespace

CudaImplementation<GemmBiasGeluProblem> cublaslt() {
  return {"cublaslt", Rung::library, supports, prepare<false>};
}

CudaImplementation<GemmBiasGeluProblem> cublaslt_searched() {
  return {"cublaslt_searched", Rung::library, supports, prepare<true>};
}

}  // namespace breakeven::cuda_gemm_bias_gelu
