#pragma once

#include <cmath>
#include <numbers>

namespace breakeven {

/// gelu in its tanh form, x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) (Hendrycks and Gimpel 2016,
/// "Gaussian Error Linear Units"): the one of BERT and GPT-2, and the one that cuBLASLt
/// (CUBLASLT_EPILOGUE_GELU_BIAS) and oneDNN (eltwise_gelu_tanh) compute.
template <class Float>
Float gelu(Float x) {
  constexpr Float slope = std::numbers::sqrt2_v<Float> * std::numbers::inv_sqrtpi_v<Float>;
  constexpr Float cubic = static_cast<Float>(0.044715);
  return x / 2 * (1 + std::tanh(slope * (x + cubic * x * x * x)));
}

/// Below all its values: the least is -0.170041, at x = -0.7525.
inline constexpr double kGeluFloor = -0.17005;
/// At least its slope everywhere, which is 1.129 at most: an error of x grows no more.
inline constexpr double kGeluSlope = 1.13;

}  // namespace breakeven
