// activation(A·B + bias) as the formula says it: three loops, one thread, each element finished
// before the next. What every other implementation is compared with.
// Limits: none but patience.

#include "operations/gemm/types.h"
#include "operations/gemm_epilogue/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm_epilogue {
namespace {

template <class T>
void compute(const GemmEpilogueProblem& problem, Tensors tensors) {
  const GemmProblem& p = problem.product;
  // Element (i, k) of op(A) is a[i * a_row + k * a_column]; likewise op(B).
  const std::int64_t a_row = p.trans_a ? 1 : p.k, a_column = p.trans_a ? p.m : 1;
  const std::int64_t b_row = p.trans_b ? 1 : p.n, b_column = p.trans_b ? p.k : 1;
  const T* a = tensors[0].as<T>();     // (M, K) or (K, M)
  const T* b = tensors[1].as<T>();     // (K, N) or (N, K)
  const T* bias = tensors[2].as<T>();  // (N)
  T* d = tensors[3].as<T>();           // (M, N)
  for (std::int64_t i = 0; i < p.m; ++i) {
    for (std::int64_t j = 0; j < p.n; ++j) {
      float sum = 0;
      for (std::int64_t k = 0; k < p.k; ++k) {
        sum += static_cast<float>(a[i * a_row + k * a_column]) *
               static_cast<float>(b[k * b_row + j * b_column]);
      }
      d[i * p.n + j] =
          static_cast<T>(activated(problem.activation, sum + static_cast<float>(bias[j])));
    }
  }
}

Support supports(const GemmEpilogueProblem&) { return Support::yes(); }

CpuCall prepare(const GemmEpilogueProblem& problem) {
  return {[p = problem](Tensors tensors) {
    switch (p.product.dtype) {
      case Dtype::bf16:
        return compute<Bf16>(p, tensors);
      case Dtype::f16:
        return compute<F16>(p, tensors);
      default:
        return compute<float>(p, tensors);
    }
  }};
}

}  // namespace

CpuImplementation<GemmEpilogueProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_gemm_epilogue
