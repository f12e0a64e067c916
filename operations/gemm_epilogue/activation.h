#pragma once

#include <algorithm>
#include <string_view>

#include "operations/gemm_epilogue/gelu.h"

namespace breakeven {

/// What becomes of the elements of a product with its bias.
enum class Activation {
  relu,  // max(x, 0)
  gelu,  // in its tanh form: gelu.h
};

constexpr std::string_view name_of(Activation activation) {
  return activation == Activation::relu ? "relu" : "gelu";
}

/// A NaN stays one.
template <class Float>
Float activated(Activation activation, Float x) {
  return activation == Activation::relu ? std::max(x, Float{0}) : gelu(x);
}

}  // namespace breakeven
