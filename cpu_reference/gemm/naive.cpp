// GEMM as the formula says it: three loops, one thread. What every other implementation is
// compared with; its time shows what the others are worth.
// Limits: none but patience.

#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

template <class T>
void multiply(const GemmProblem& p, Tensors tensors) {
  // Element (i, k) of op(A) is a[i * a_row + k * a_column]; likewise op(B).
  const std::int64_t a_row = p.trans_a ? 1 : p.k, a_column = p.trans_a ? p.m : 1;
  const std::int64_t b_row = p.trans_b ? 1 : p.n, b_column = p.trans_b ? p.k : 1;
  const T alpha = static_cast<T>(p.alpha), beta = static_cast<T>(p.beta);
  for (std::int64_t batch = 0; batch < p.batch; ++batch) {
    const T* a = tensors[0].as<T>() + batch * p.m * p.k;
    const T* b = tensors[1].as<T>() + batch * p.k * p.n;
    T* c = tensors[2].as<T>() + batch * p.m * p.n;
    for (std::int64_t i = 0; i < p.m; ++i) {
      for (std::int64_t j = 0; j < p.n; ++j) {
        T sum = 0;
        for (std::int64_t k = 0; k < p.k; ++k) {
          sum += a[i * a_row + k * a_column] * b[k * b_row + j * b_column];
        }
        T& out = c[i * p.n + j];
        out = beta == 0 ? alpha * sum : alpha * sum + beta * out;
      }
    }
  }
}

Support supports(const GemmProblem&) { return Support::yes(); }

CpuCall prepare(const GemmProblem& problem) {
  return {[problem](Tensors tensors) {
    with_type(problem.dtype, [&]<class T>(T) { multiply<T>(problem, tensors); });
  }};
}

}  // namespace

CpuImplementation<GemmProblem> naive() { return {"naive", Rung::naive, false, supports, prepare}; }

}  // namespace breakeven::cpu_gemm
