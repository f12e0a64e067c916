// cuBLASLt: what changed against cublas: the kernel is chosen once, in prepare, and the workspace
// is stated. cublaslt takes the first that the library's heuristic proposes, cublaslt_searched the
// fastest of all that it proposes, timed in prepare; the difference is what the heuristic costs.
// fp8 exists here only. The _tf32 rows compute f32 on tensor cores.
// Limits: fp8 with M, N, K in multiples of 16 and nt; s8 in whole words.

#include "kernels/gemm/cublaslt_matmul.h"

namespace breakeven::cuda_gemm {
namespace {

template <bool tf32>
Support supports(const GemmProblem& p) {
  return cublaslt_supports(p, tf32);
}

template <bool tf32, bool searched>
CudaCall prepare(const GemmProblem& p) {
  return prepare_cublaslt(p, tf32, searched);
}

}  // namespace

CudaImplementation<GemmProblem> cublaslt() {
  return {"cublaslt", Rung::library, supports<false>, prepare<false, false>, cublaslt_math_mode};
}

CudaImplementation<GemmProblem> cublaslt_searched() {
  return {"cublaslt_searched", Rung::library, supports<false>, prepare<false, true>,
          cublaslt_math_mode};
}

CudaImplementation<GemmProblem> cublaslt_tf32() {
  return {"cublaslt_tf32", Rung::library, supports<true>, prepare<true, false>, tf32_mode};
}

CudaImplementation<GemmProblem> cublaslt_tf32_searched() {
  return {"cublaslt_tf32_searched", Rung::library, supports<true>, prepare<true, true>, tf32_mode};
}

}  // namespace breakeven::cuda_gemm
