#pragma once

#include "operations/elementwise/problem.h"

namespace breakeven::cuda_elementwise {

/// The functions of operations/elementwise, computed in f32; those of one argument ignore the
/// second.
struct Relu {
  static constexpr int inputs = 1;
  __device__ float operator()(float x, float /*unused*/) const { return x < 0 ? 0.0f : x; }
};
struct ReluBackward {
  static constexpr int inputs = 2;
  __device__ float operator()(float dy, float y) const { return y > 0 ? dy : 0.0f; }
};
struct Add {
  static constexpr int inputs = 2;
  __device__ float operator()(float a, float b) const { return a + b; }
};

/// Calls `visit` with the function.
template <class Visit>
void with_function(Elementwise function, Visit&& visit) {
  switch (function) {
    case Elementwise::relu:
      return visit(Relu());
    case Elementwise::relu_backward:
      return visit(ReluBackward());
    case Elementwise::add:
      return visit(Add());
  }
}

}  // namespace breakeven::cuda_elementwise
