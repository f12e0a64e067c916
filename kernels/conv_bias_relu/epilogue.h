#pragma once

#include <array>

#include "kernels/common/convert.h"
#include "operations/tensor.h"

namespace breakeven::cuda_conv_bias_relu {

/// What becomes of a sum in a channel of y before it is stored: relu(sum + bias).
template <class T>
struct BiasRelu {
  const T* bias;  // (K)

  template <class Sum>
  __device__ Sum operator()(Sum sum, int channel) const {
    const Sum z = sum + widened<Sum>(bias[channel]);
    return z < Sum{0} ? Sum{0} : z;  // NaN stays NaN
  }
};

/// The tensors x, w, bias, y as a convolution takes its own: x, w, y.
inline std::array<Tensor, 3> convolution_tensors(Tensors tensors) {
  return {tensors[0], tensors[1], tensors[3]};
}

}  // namespace breakeven::cuda_conv_bias_relu
