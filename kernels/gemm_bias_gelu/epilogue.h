#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "kernels/common/convert.h"
#include "operations/tensor.h"

namespace breakeven::cuda_gemm_bias_gelu {

/// gelu in its tanh form, as operations/gemm_bias_gelu/gelu.h defines it.
__device__ inline float gelu(float x) {
  return 0.5f * x * (1 + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
}

/// What becomes of sums of a product before they are stored.
template <class T>
struct BiasGelu {
  const T* bias;   // (N)
  std::int64_t n;  // columns of D

  /// Of a sum in that column of D; what lies outside of D is not read.
  __device__ float operator()(float sum, std::int64_t column) const {
    return gelu(sum + (column < n ? widened<float>(bias[column]) : 0.0f));
  }
};

/// The tensors A, B, bias, D as a product takes its own: A, B, C.
inline std::array<Tensor, 3> product_tensors(Tensors tensors) {
  return {tensors[0], tensors[1], tensors[3]};
}

}  // namespace breakeven::cuda_gemm_bias_gelu
