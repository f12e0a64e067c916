#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "kernels/common/convert.h"
#include "operations/gemm_epilogue/problem.h"
#include "operations/tensor.h"

namespace breakeven::cuda_gemm_epilogue {

/// gelu in its tanh form, as operations/gemm_epilogue/gelu.h defines it.
__device__ inline float gelu(float x) {
  return 0.5f * x * (1 + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
}

/// What becomes of sums of a product before they are stored. The activation is the same for all
/// threads: a branch costs less than kernels of its own.
template <class T>
struct BiasActivation {
  const T* bias;   // (N)
  std::int64_t n;  // columns of D
  Activation activation;

  BiasActivation(const GemmEpilogueProblem& problem, Tensors tensors)
      : bias(tensors[2].as<T>()), n(problem.product.n), activation(problem.activation) {}

  /// Of a sum in that column of D; what lies outside of D is not read. A NaN stays one.
  __device__ float operator()(float sum, std::int64_t column) const {
    const float x = sum + (column < n ? widened<float>(bias[column]) : 0.0f);
    if (activation == Activation::gelu) return gelu(x);
    return x < 0 ? 0.0f : x;
  }
};

/// The tensors A, B, bias, D as a product takes its own: A, B, C.
inline std::array<Tensor, 3> product_tensors(Tensors tensors) {
  return {tensors[0], tensors[1], tensors[3]};
}

}  // namespace breakeven::cuda_gemm_epilogue
