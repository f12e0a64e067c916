#include "operations/gemm_bias_gelu/oracle.h"

#include <cmath>

#include "operations/gemm/operands.h"
#include "operations/gemm/oracle.h"
#include "operations/gemm_bias_gelu/gelu.h"
#include "operations/text.h"

namespace breakeven {
namespace {

/// Of a result in units of |x|, where an error of its evaluation is in units of rounding.
constexpr double kGeluEvaluation = 4;

double element_of(const Tensor& tensor, std::int64_t index) {
  return with_type(tensor.dtype,
                   [&]<class T>(T) { return static_cast<double>(tensor.as<T>()[index]); });
}

Expected element(const GemmProblem& product, Tensors before, std::int64_t index) {
  const Expected sum = gemm_element(product, before, index);
  const double bias = element_of(before[2], index % product.n);
  const double x = sum.value + bias;
  return {gelu(x), kGeluSlope * (sum.magnitude + std::abs(bias)) + kGeluEvaluation * std::abs(x)};
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
Verdict within_reach(const GemmProblem& p, Tensors before, Tensor output,
                     const Rounding& rounding) {
  using B = typename Types::B;
  const auto* bias = before[2].as<typename Types::C>();
  const auto* d = output.as<typename Types::C>();
  const Operands<Types> matrices(p, before, output, 0);
  const Matrix<B> columns{matrices.b.data, p.n, p.k, !p.trans_b};  // op(B) transposed: (N, K)
  const std::vector<double> a_norms = row_norms(matrices.a), b_norms = row_norms(columns);
  const double spread =
      2 * rounding.input + 4 * std::sqrt(static_cast<double>(p.k + 1)) * rounding.accumulate;
  for (std::int64_t i = 0; i < p.m; ++i) {
    for (std::int64_t j = 0; j < p.n; ++j) {
      const double value = d[i * p.n + j];
      const double largest =  // |x|, and no less than |A||B| + |bias|
          a_norms[static_cast<std::size_t>(i)] * b_norms[static_cast<std::size_t>(j)] +
          std::abs(static_cast<double>(bias[j]));
      const double error = spread * (kGeluSlope + kGeluEvaluation) * largest + rounding.underflow;
      const double low = kGeluFloor * (1 + rounding.output) - error;
      const double high = largest * (1 + rounding.output) + error;
      if (low <= value && value <= high && std::isfinite(value)) continue;
      return {false, "D[" + std::to_string(i) + ", " + std::to_string(j) + "] is " +
                         shortest(value) + ", must be " +
                         shortest(element(p, before, i * p.n + j).value) +
                         " (and gelu gives nothing outside of " + shortest(low) + " to " +
                         shortest(high) + ")"};
    }
  }
  return {};
}

}  // namespace

Oracle gemm_bias_gelu_oracle(const GemmBiasGeluProblem& problem) {
  const GemmProblem product = problem.product;
  Oracle oracle;
  oracle.element = [product](Tensors before, std::int64_t index) {
    return element(product, before, index);
  };
  oracle.exact_product = [](Tensors, Tensors, std::uint64_t) {
    return Verdict{false, "gelu is exact on no integers"};
  };
  oracle.real_product = [product](Tensors before, Tensors outputs, const Rounding& rounding,
                                  std::uint64_t) {
    return with_gemm_types(product.dtype, [&]<class Types>(Types) {
      return within_reach<Types>(product, before, outputs[0], rounding);
    });
  };
  return oracle;
}

}  // namespace breakeven
