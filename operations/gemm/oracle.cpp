#include "operations/gemm/oracle.h"

#include <cmath>

#include "operations/gemm/freivalds.h"
#include "operations/gemm/operands.h"

namespace breakeven {
namespace {

template <class Types>
Expected element(const GemmProblem& p, Tensors before, std::int64_t index) {
  const std::int64_t batch = index / (p.m * p.n);
  const std::int64_t row = index / p.n % p.m;
  const std::int64_t column = index % p.n;
  const Operands<Types> matrices(p, before, before[2], batch);
  long double sum = 0;
  long double magnitude = 0;
  for (std::int64_t k = 0; k < p.k; ++k) {
    const long double term = static_cast<long double>(matrices.a.at(row, k)) *
                             static_cast<long double>(matrices.b.at(k, column));
    sum += term;
    magnitude += std::abs(term);
  }
  const long double alpha = static_cast<typename Types::Sum>(p.alpha);
  sum *= alpha;
  magnitude *= std::abs(alpha);
  if (p.beta != 0) {  // otherwise C is not read: it may hold anything
    const long double term = static_cast<long double>(static_cast<typename Types::Sum>(p.beta)) *
                             static_cast<long double>(matrices.before.at(row, column));
    sum += term;
    magnitude += std::abs(term);
  }
  return {static_cast<double>(sum), static_cast<double>(magnitude)};
}

}  // namespace

Expected gemm_element(const GemmProblem& problem, Tensors before, std::int64_t index) {
  return with_gemm_types(
      problem.dtype, [&]<class Types>(Types) { return element<Types>(problem, before, index); });
}

Oracle gemm_oracle(const GemmProblem& problem) {
  Oracle oracle;
  oracle.element = [problem](Tensors before, std::int64_t index) {
    return gemm_element(problem, before, index);
  };
  oracle.exact_product = [problem](Tensors before, Tensors outputs, std::uint64_t seed) {
    return exact_product(problem, before, outputs[0], seed);
  };
  oracle.real_product = [problem](Tensors before, Tensors outputs, const Rounding& rounding,
                                  std::uint64_t seed) {
    return real_product(problem, before, outputs[0], rounding, seed);
  };
  return oracle;
}

}  // namespace breakeven
