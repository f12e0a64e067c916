#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

/// One update of `n` parameters w by stochastic gradient descent with momentum and weight decay as
/// torch.optim.SGD defines it (without dampening and Nesterov):
///
///   g' = g + weight_decay·w      v = momentum·v + g'      w = w - lr·v
///
/// with v = 0 before the first. Tensors g, v, w; v and w are changed. f32.
struct SgdProblem {
  std::int64_t n = 1;
  double lr = 0.001;
  double momentum = 0.9;
  double weight_decay = 0;

  /// Stable id: `sgd/f32/lr0.001momentum0.9/n61706`, and `decay0.0005` where there is one.
  std::string id() const;
  /// Two for each parameter and factor that is not zero.
  double flops() const;
  /// g read once, v and w read and written once.
  double least_bytes() const { return 4.0 * 5 * static_cast<double>(n); }
  /// Everything the harness needs.
  ProblemView view() const;

  /// The same, smaller: cheap, for calibration.
  SgdProblem shrunk() const;

  bool operator==(const SgdProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
SgdProblem parse_sgd(std::string_view id);

}  // namespace breakeven
