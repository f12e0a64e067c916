#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "operations/tensor.h"

namespace breakeven::cpu_conv {

/// What becomes of the sums of a convolution once they are complete: nothing. Tensors x, w, y, or
/// those of a gradient.
template <class T>
struct NoEpilogue {
  static constexpr std::size_t result = 2;  // its place among the tensors
  static constexpr bool changes = false;
};

/// They become max(sum + bias, 0). Tensors x, w, bias, y.
template <class T>
struct BiasRelu {
  static constexpr std::size_t result = 3;
  static constexpr bool changes = true;

  const T* bias;  // (K)

  explicit BiasRelu(Tensors tensors) : bias(tensors[2].as<T>()) {}

  T operator()(T sum, std::int64_t channel) const { return std::max(sum + bias[channel], T{0}); }
  /// The same for many sums of a channel.
  void operator()(T* sums, std::int64_t count, std::int64_t channel) const {
    const T shift = bias[channel];  // a copy: nothing that is written here is it
    for (std::int64_t i = 0; i < count; ++i) sums[i] = std::max(sums[i] + shift, T{0});
  }
};

}  // namespace breakeven::cpu_conv
