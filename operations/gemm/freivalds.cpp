#include "operations/gemm/freivalds.h"

#include <cmath>
#include <vector>

#include "operations/gemm/operands.h"
#include "operations/gemm/oracle.h"
#include "operations/gemm/scale.h"
#include "operations/random_combination.h"
#include "operations/text.h"

namespace breakeven {
namespace {

using Index = std::size_t;

/// Names the element of that row that is furthest from the truth, NaN before all others.
template <class Types>
Verdict bad_row(const GemmProblem& p, Tensors before, Tensor output, std::int64_t batch,
                std::int64_t row) {
  using C = typename Types::C;
  const std::int64_t first = (batch * p.m + row) * p.n;
  std::int64_t worst = 0;
  double largest = -1;
  for (std::int64_t column = 0; column < p.n; ++column) {
    const double value = output.as<C>()[first + column];
    const double difference = std::abs(value - gemm_element(p, before, first + column).value);
    if (!(difference <= largest)) {
      worst = column;
      largest = difference;
      if (std::isnan(difference)) break;
    }
  }
  std::string place = "C[";
  if (p.batch != 1) place += std::to_string(batch) + ", ";
  place += std::to_string(row) + ", " + std::to_string(worst) + "]";
  return {false, place + " is " + shortest(output.as<C>()[first + worst]) + ", must be " +
                     shortest(gemm_element(p, before, first + worst).value) +
                     " (worst element of a row that fails Freivalds' check)"};
}

template <class Types>
Verdict exact(const GemmProblem& p, Tensors before, Tensor output, std::uint64_t seed) {
  if (p.exact_tier().range == 0) return {false, "no integers are exact for this K, alpha and beta"};
  const auto sum_type = [](double factor) {
    return static_cast<double>(static_cast<typename Types::Sum>(factor));
  };
  const double scale = common_scale(sum_type(p.alpha), sum_type(p.beta));
  const auto integer = [](double value) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  };
  const std::uint64_t alpha = integer(scale * sum_type(p.alpha));
  const std::uint64_t beta = integer(scale * sum_type(p.beta));

  const std::vector<IntegerSum> x = odd_multipliers(p.n, seed);
  const auto times = [&](const std::vector<IntegerSum>& vector, double factor = 1) {
    return [&vector, factor](IntegerSum& row, auto element, std::int64_t column) {
      row.add(factor * static_cast<double>(element), vector[static_cast<Index>(column)]);
    };
  };
  for (std::int64_t batch = 0; batch < p.batch; ++batch) {
    const Operands<Types> matrices(p, before, output, batch);
    const auto bx = matrices.b.template row_sums<IntegerSum>(times(x));             // (K)
    const auto abx = matrices.a.template row_sums<IntegerSum>(times(bx));           // (M)
    const auto cx = matrices.after.template row_sums<IntegerSum>(times(x, scale));  // (M)
    std::vector<IntegerSum> c0x(static_cast<Index>(p.m));                           // (M)
    if (p.beta != 0) c0x = matrices.before.template row_sums<IntegerSum>(times(x));
    for (std::int64_t row = 0; row < p.m; ++row) {
      const auto i = static_cast<Index>(row);
      if (!abx[i].integral || !c0x[i].integral) {
        return {false, "the exact check was given inputs that are no integers"};
      }
      if (!cx[i].integral || cx[i].sum != alpha * abx[i].sum + beta * c0x[i].sum) {
        return bad_row<Types>(p, before, output, batch, row);
      }
    }
  }
  return {};
}

template <class Types>
Verdict real(const GemmProblem& p, Tensors before, Tensor output, const Rounding& rounding,
             std::uint64_t seed) {
  const double alpha = static_cast<typename Types::Sum>(p.alpha);
  const double beta = static_cast<typename Types::Sum>(p.beta);
  const CombinedBound bound(rounding, p.n, p.k);
  const std::vector<double> x = signs(p.n, seed);

  // Per row: its product with x and the square of its L2 norm.
  const auto times_x = [&](RealSum& row, auto element, std::int64_t column) {
    const auto value = static_cast<double>(element);
    row.sum += value * x[static_cast<Index>(column)];
    row.magnitude += value * value;
  };
  for (std::int64_t batch = 0; batch < p.batch; ++batch) {
    const Operands<Types> matrices(p, before, output, batch);
    auto bx = matrices.b.template row_sums<RealSum>(times_x);  // (K)
    for (RealSum& row : bx) row.magnitude = std::sqrt(row.magnitude);
    // The magnitude of row i becomes Σ_k |a_ik|·‖b_k‖₂ ≥ ‖row i of |A||B|‖₂.
    const auto abx =
        matrices.a.template row_sums<RealSum>([&](RealSum& row, auto element, std::int64_t column) {
          const RealSum& b = bx[static_cast<Index>(column)];
          row.sum += static_cast<double>(element) * b.sum;
          row.magnitude += std::abs(static_cast<double>(element)) * b.magnitude;
        });                                                              // (M)
    const auto cx = matrices.after.template row_sums<RealSum>(times_x);  // (M)
    std::vector<RealSum> c0x(static_cast<Index>(p.m));                   // (M)
    if (p.beta != 0) c0x = matrices.before.template row_sums<RealSum>(times_x);
    for (std::int64_t row = 0; row < p.m; ++row) {
      const auto i = static_cast<Index>(row);
      const double norm = std::sqrt(cx[i].magnitude);
      const double magnitude =
          std::abs(alpha) * abx[i].magnitude + std::abs(beta) * std::sqrt(c0x[i].magnitude);
      const double difference = cx[i].sum - (alpha * abx[i].sum + beta * c0x[i].sum);
      if (!bound.holds(difference, norm, magnitude)) {
        return bad_row<Types>(p, before, output, batch, row);
      }
    }
  }
  return {};
}

}  // namespace

Verdict exact_product(const GemmProblem& problem, Tensors before, Tensor output,
                      std::uint64_t seed) {
  return with_gemm_types(problem.dtype, [&]<class Types>(Types) {
    return exact<Types>(problem, before, output, seed);
  });
}

Verdict real_product(const GemmProblem& problem, Tensors before, Tensor output,
                     const Rounding& rounding, std::uint64_t seed) {
  return with_gemm_types(problem.dtype, [&]<class Types>(Types) {
    return real<Types>(problem, before, output, rounding, seed);
  });
}

}  // namespace breakeven
