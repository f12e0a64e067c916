// OpenBLAS, which has no epilogue: sgemm, then one pass over D that adds the bias and applies gelu,
// its rows shared out to the threads. What the second pass over D costs is what fusing saves.
// tanh is written with the exponential, gelu(x) = x / (1 + exp(-2u)), which the compiler makes a
// vector of (libm's tanhf would take longer than the product for K below a few hundred).
// Limits: f32; extents fit OpenBLAS's integers.

#include <cblas.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>

#include "cpu_reference/common/simd.h"
#include "operations/gemm_bias_gelu/problem.h"
#include "operations/implementation.h"

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

void run(const GemmProblem& p, Tensors tensors) {
  const auto m = static_cast<blasint>(p.m), n = static_cast<blasint>(p.n),
             k = static_cast<blasint>(p.k);
  const auto transpose = [](bool yes) { return yes ? CblasTrans : CblasNoTrans; };
  const auto* bias = tensors[2].as<float>();
  auto* d = tensors[3].as<float>();
  cblas_sgemm(CblasRowMajor, transpose(p.trans_a), transpose(p.trans_b), m, n, k, 1,
              tensors[0].as<float>(), p.trans_a ? m : k, tensors[1].as<float>(), p.trans_b ? k : n,
              0, d, n);
  const auto finish_one = has_avx2() ? finish_row_avx2 : finish_row;
#pragma omp parallel for
  for (std::int64_t i = 0; i < p.m; ++i) finish_one(d + i * p.n, bias, p.n);
}

Support supports(const GemmBiasGeluProblem& problem) {
  const GemmProblem& p = problem.product;
  if (const Support dtype = only(p, {Dtype::f32}); !dtype) return dtype;
  const std::int64_t largest = std::numeric_limits<blasint>::max();
  if (std::max({p.m, p.n, p.k}) > largest) {
    return Support::no("an extent is beyond this OpenBLAS's integers (" + std::to_string(largest) +
                       ")");
  }
  return Support::yes();
}

CpuCall prepare(const GemmBiasGeluProblem& problem) {
  return {[p = problem.product](Tensors tensors) { run(p, tensors); }};
}

}  // namespace

CpuImplementation<GemmBiasGeluProblem> openblas() {
  return {"openblas", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm_bias_gelu
