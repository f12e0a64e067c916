// OpenBLAS, which has no epilogue: GEMM's openblas, then one pass over D that adds the bias and
// applies gelu, its rows shared out to the threads. What the second pass over D costs is what
// fusing saves. tanh is written with the exponential, gelu(x) = x / (1 + exp(-2u)), of which the
// compiler makes vectors; with libm's tanhf the pass would take longer than most products.
// Limits: f32; extents fit OpenBLAS's integers.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numbers>

#include "cpu_reference/common/simd.h"
#include "operations/gemm_bias_gelu/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
CpuImplementation<GemmProblem> openblas();  // openblas.cpp there
}

namespace breakeven::cpu_gemm_bias_gelu {
namespace {

/// x, or ±87 where it is beyond: exp of that is finite. By its bits, since the compiler makes no
/// vectors of comparisons that a NaN could trap in.
BREAKEVEN_ALWAYS_INLINE float bounded(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  return std::bit_cast<float>(std::min(magnitude, std::bit_cast<std::uint32_t>(87.0f)) |
                              (bits & 0x80000000u));
}

/// exp(x) to 4 roundings of f32, for |x| up to 87: 2^n times the exponential of what is left, at
/// most ln(2)/2, by its Taylor series.
BREAKEVEN_ALWAYS_INLINE float exponential(float x) {
  constexpr float no_fraction = 0x1.8p23f;  // a sum of this size is a whole number, in its low bits
  const float shifted = x * std::numbers::log2e_v<float> + no_fraction;
  const float n = shifted - no_fraction;
  const float r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;  // ln(2) in two parts
  const float series =
      1 + r * (1 + r * (1 / 2.f + r * (1 / 6.f + r * (1 / 24.f + r * (1 / 120.f + r / 720)))));
  return series * std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127) << 23);
}

/// The formula of gelu.h: (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)).
BREAKEVEN_ALWAYS_INLINE float gelu_by_exponential(float x) {
  constexpr float slope = 2 * std::numbers::sqrt2_v<float> * std::numbers::inv_sqrtpi_v<float>;
  const float twice_u = slope * (x + 0.044715f * x * x * x);
  return x / (1 + exponential(bounded(-twice_u)));
}

BREAKEVEN_ALWAYS_INLINE void finish(float* row, const float* bias, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) row[j] = gelu_by_exponential(row[j] + bias[j]);
}

/// A row of D (N), where it holds A·B before.
BREAKEVEN_TARGET_AVX2 void finish_row_avx2(float* row, const float* bias, std::int64_t n) {
  finish(row, bias, n);
}
void finish_row(float* row, const float* bias, std::int64_t n) { finish(row, bias, n); }

Support supports(const GemmBiasGeluProblem& problem) {
  const Support dtype = only(problem.product, {Dtype::f32});
  return dtype ? cpu_gemm::openblas().supports(problem.product) : dtype;
}

CpuCall prepare(const GemmBiasGeluProblem& problem) {
  const GemmProblem& p = problem.product;
  const auto finish_one = has_avx2() ? finish_row_avx2 : finish_row;
  return {[p, finish_one, multiply = cpu_gemm::openblas().prepare(p).run](Tensors tensors) {
    const Tensor product[] = {tensors[0], tensors[1], tensors[3]};
    multiply(product);
    const auto* bias = tensors[2].as<float>();
    auto* d = tensors[3].as<float>();
#pragma omp parallel for
    for (std::int64_t i = 0; i < p.m; ++i) finish_one(d + i * p.n, bias, p.n);
  }};
}

}  // namespace

CpuImplementation<GemmBiasGeluProblem> openblas() {
  return {"openblas", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm_bias_gelu
