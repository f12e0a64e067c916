#pragma once

#include <memory>

#include "operations/conv/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {

/// The call of a convolution that is an object: made for a problem, run on tensors.
template <class Convolution>
CpuCall prepared(const ConvProblem& p) {
  const auto convolution = std::make_shared<Convolution>(p);
  return {.run = [convolution](Tensors tensors) { convolution->run(tensors); },
          .workspace_bytes = convolution->workspace_bytes()};
}

}  // namespace breakeven::cpu_conv
