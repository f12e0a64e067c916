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

/// narrow and widen: what changes is the type of the result.
struct Identity {
  static constexpr int inputs = 1;
  __device__ float operator()(float x, float /*unused*/) const { return x; }
};

/// Calls `visit.operator()<In, Out>(function)` with the types of the inputs and of the output.
template <class Visit>
void with_function(const ElementwiseProblem& p, Visit&& visit) {
  if (p.function == Elementwise::narrow) return visit.template operator()<float, Bf16>(Identity());
  if (p.function == Elementwise::widen) return visit.template operator()<Bf16, float>(Identity());
  with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) {
    switch (p.function) {
      case Elementwise::relu:
        return visit.template operator()<T, T>(Relu());
      case Elementwise::relu_backward:
        return visit.template operator()<T, T>(ReluBackward());
      case Elementwise::add:
        return visit.template operator()<T, T>(Add());
      case Elementwise::narrow:
      case Elementwise::widen:
        break;  // of two types
    }
  });
}

}  // namespace breakeven::cuda_elementwise
