#pragma once

#include "operations/sgd/problem.h"

namespace breakeven::cuda_sgd {

/// The update of one parameter.
struct Update {
  float lr, momentum, decay;

  explicit Update(const SgdProblem& p)
      : lr(static_cast<float>(p.lr)),
        momentum(static_cast<float>(p.momentum)),
        decay(static_cast<float>(p.weight_decay)) {}

  __device__ void operator()(float g, float& v, float& w) const {
    v = momentum * v + (g + decay * w);
    w -= lr * v;
  }
};

}  // namespace breakeven::cuda_sgd
