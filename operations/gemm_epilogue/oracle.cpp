#include "operations/gemm_epilogue/oracle.h"

#include <algorithm>
#include <cmath>

#include "operations/gemm/operands.h"
#include "operations/gemm/oracle.h"
#include "operations/text.h"

namespace breakeven {
namespace {

/// What an activation does to an error.
struct Bounds {
  double floor;       // none of its values is less
  double slope;       // an error of its argument grows no more
  double evaluation;  // error of its own, in units of |x| times the rounding
};

Bounds bounds_of(Activation activation) {
  if (activation == Activation::relu) return {.floor = 0, .slope = 1, .evaluation = 0};
  return {.floor = kGeluFloor, .slope = kGeluSlope, .evaluation = 4};
}

double element_of(const Tensor& tensor, std::int64_t index) {
  return with_type(tensor.dtype,
                   [&]<class T>(T) { return static_cast<double>(tensor.as<T>()[index]); });
}

Expected element(const GemmEpilogueProblem& problem, Tensors before, std::int64_t index) {
  const Bounds bounds = bounds_of(problem.activation);
  const Expected sum = gemm_element(problem.product, before, index);
  const double bias = element_of(before[2], index % problem.product.n);
  const double x = sum.value + bias;
  return {activated(problem.activation, x),
          bounds.slope * (sum.magnitude + std::abs(bias)) + bounds.evaluation * std::abs(x)};
}

/// The L2 norm of each row of op(X).
template <class T>
std::vector<double> row_norms(const Matrix<T>& matrix) {
  auto norms = matrix.template row_sums<double>([](double& sum, T element, std::int64_t) {
    sum += static_cast<double>(element) * static_cast<double>(element);
  });
  for (double& norm : norms) norm = std::sqrt(norm);
  return norms;
}

template <class Types>
Verdict within_reach(const GemmEpilogueProblem& problem, Tensors before, Tensor output,
                     const Rounding& rounding) {
  using B = typename Types::B;
  const GemmProblem& p = problem.product;
  const Bounds bounds = bounds_of(problem.activation);
  const auto* bias = before[2].as<typename Types::C>();
  const auto* d = output.as<typename Types::C>();
  const Operands<Types> matrices(p, before, output, 0);
  const Matrix<B> columns{matrices.b.data, p.n, p.k, !p.trans_b};  // op(B) transposed: (N, K)
  const std::vector<double> a_norms = row_norms(matrices.a), b_norms = row_norms(columns);
  const double spread =
      2 * rounding.input + 4 * std::sqrt(static_cast<double>(p.k + 1)) * rounding.accumulate +
      0x1p-40;  // of the norms themselves, where the tensors are integers and exact
  for (std::int64_t i = 0; i < p.m; ++i) {
    for (std::int64_t j = 0; j < p.n; ++j) {
      const double value = d[i * p.n + j];
      const double product =  // no less than |A||B|
          a_norms[static_cast<std::size_t>(i)] * b_norms[static_cast<std::size_t>(j)];
      const auto shift = static_cast<double>(bias[j]);
      const double error =
          spread * (bounds.slope + bounds.evaluation) * (product + std::abs(shift)) +
          rounding.underflow;
      const double low = bounds.floor * (1 + rounding.output) - (bounds.floor < 0 ? error : 0);
      const double high = std::max(product + shift, 0.0) * (1 + rounding.output) + error;
      if (low <= value && value <= high && std::isfinite(value)) continue;
      return {false, "D[" + std::to_string(i) + ", " + std::to_string(j) + "] is " +
                         shortest(value) + ", must be " +
                         shortest(element(problem, before, i * p.n + j).value) + " (and " +
                         std::string(name_of(problem.activation)) + " gives nothing outside of " +
                         shortest(low) + " to " + shortest(high) + ")"};
    }
  }
  return {};
}

}  // namespace

Oracle gemm_epilogue_oracle(const GemmEpilogueProblem& problem) {
  const auto check = [problem](Tensors before, Tensor output, const Rounding& rounding) {
    return with_gemm_types(problem.product.dtype, [&]<class Types>(Types) {
      return within_reach<Types>(problem, before, output, rounding);
    });
  };
  Oracle oracle;
  oracle.element = [problem](Tensors before, std::int64_t index) {
    return element(problem, before, index);
  };
  oracle.exact_product = [problem, check](Tensors before, Tensors outputs, std::uint64_t) {
    if (problem.activation == Activation::gelu)
      return Verdict{false, "gelu is exact on no integers"};
    return check(before, outputs[0], {});
  };
  oracle.real_product = [check](Tensors before, Tensors outputs, const Rounding& rounding,
                                std::uint64_t) { return check(before, outputs[0], rounding); };
  return oracle;
}

}  // namespace breakeven
