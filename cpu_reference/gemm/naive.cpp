// GEMM as the formula says it: three loops, one thread. What every other implementation is
// compared with; its time shows what the others are worth.
// Limits: none but patience.

#include "operations/gemm/types.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

template <class Types>
void multiply(const GemmProblem& p, Tensors tensors) {
  // Element (i, k) of op(A) is a[i * a_row + k * a_column]; likewise op(B).
  const std::int64_t a_row = p.trans_a ? 1 : p.k, a_column = p.trans_a ? p.m : 1;
  const std::int64_t b_row = p.trans_b ? 1 : p.n, b_column = p.trans_b ? p.k : 1;
  using A = typename Types::A;
  using B = typename Types::B;
  using C = typename Types::C;
  using Sum = typename Types::Sum;
  const Sum alpha = static_cast<Sum>(p.alpha), beta = static_cast<Sum>(p.beta);
  for (std::int64_t batch = 0; batch < p.batch; ++batch) {
    const A* a = tensors[0].as<A>() + batch * p.m * p.k;
    const B* b = tensors[1].as<B>() + batch * p.k * p.n;
    C* c = tensors[2].as<C>() + batch * p.m * p.n;
    for (std::int64_t i = 0; i < p.m; ++i) {
      for (std::int64_t j = 0; j < p.n; ++j) {
        Sum sum = 0;
        for (std::int64_t k = 0; k < p.k; ++k) {
          sum += static_cast<Sum>(a[i * a_row + k * a_column]) *
                 static_cast<Sum>(b[k * b_row + j * b_column]);
        }
        C& out = c[i * p.n + j];
        out = static_cast<C>(beta == 0 ? alpha * sum : alpha * sum + beta * static_cast<Sum>(out));
      }
    }
  }
}

Support supports(const GemmProblem&) { return Support::yes(); }

CpuCall prepare(const GemmProblem& problem) {
  return {[problem](Tensors tensors) {
    with_gemm_types(problem.dtype, [&]<class Types>(Types) { multiply<Types>(problem, tensors); });
  }};
}

}  // namespace

CpuImplementation<GemmProblem> naive() { return {"naive", Rung::naive, false, supports, prepare}; }

}  // namespace breakeven::cpu_gemm
