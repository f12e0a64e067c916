// One pass over D that adds the bias and applies the activation: what it costs is what fusing
// saves. tanh is written with the exponential, gelu(x) = x / (1 + exp(-2u)), of which the compiler
// makes vectors; with libm's tanhf the pass would take longer than most products.

#include "cpu_reference/gemm_epilogue/epilogue_pass.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numbers>

#include "cpu_reference/common/exponential.h"
#include "cpu_reference/common/parallel.h"
#include "cpu_reference/common/versions.h"

namespace breakeven::cpu_gemm_epilogue {
namespace {

/// x, or ±87 where it is beyond: exp of that is finite. By its bits, since the compiler makes no
/// vectors of comparisons that a NaN could trap in.
BREAKEVEN_ALWAYS_INLINE float bounded(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  return std::bit_cast<float>(std::min(magnitude, std::bit_cast<std::uint32_t>(87.0f)) |
                              (bits & 0x80000000u));
}

/// The formula of gelu.h: (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)).
BREAKEVEN_ALWAYS_INLINE float gelu_by_exponential(float x) {
  constexpr float slope = 2 * std::numbers::sqrt2_v<float> * std::numbers::inv_sqrtpi_v<float>;
  const float twice_u = slope * (x + 0.044715f * x * x * x);
  return x / (1 + exponential(bounded(-twice_u)));
}

// Of a row of D (N).
BREAKEVEN_ALWAYS_INLINE void gelu_of_row(float* row, const float* bias, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) row[j] = gelu_by_exponential(row[j] + bias[j]);
}
BREAKEVEN_ALWAYS_INLINE void relu_of_row(float* row, const float* bias, std::int64_t n) {
#pragma omp simd
  for (std::int64_t j = 0; j < n; ++j) {
    const float x = row[j] + bias[j];
    row[j] = x < 0 ? 0 : x;
  }
}

}  // namespace

void apply_epilogue(const GemmEpilogueProblem& problem, float* d, const float* bias) {
  const std::int64_t n = problem.product.n;
  const auto finish_row =
      problem.activation == Activation::relu
          ? with_widest_vectors<relu_of_row, float*, const float*, std::int64_t>
          : with_widest_vectors<gelu_of_row, float*, const float*, std::int64_t>;
  share_out(problem.product.m, 1, std::max<std::int64_t>(kWorthAThread / n, 1),
            [=](std::int64_t begin, std::int64_t end) {
              for (std::int64_t i = begin; i < end; ++i) finish_row(d + i * n, bias, n);
            });
}

}  // namespace breakeven::cpu_gemm_epilogue
