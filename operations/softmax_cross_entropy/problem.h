#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

/// Softmax, the mean cross-entropy of a batch and its gradient, fused: of `n` rows of `classes`
/// logits, and a label each,
///
///   loss = mean over rows of log Σ exp(l) - l[label]      dl = (softmax(l) - onehot(label)) / n
///
/// as torch.nn.functional.cross_entropy and its backward pass. Tensors logits (N, C), labels (N) in
/// s32, loss (1), dlogits (N, C). f32; exponents are taken relative to a row's largest logit, so
/// that none overflows.
struct SoftmaxCrossEntropyProblem {
  std::int64_t n = 1, classes = 2;

  /// Stable id: `softmax_cross_entropy/f32/n128c10`.
  std::string id() const;
  /// Four for each logit: a difference, an exponential, a sum, a quotient.
  double flops() const { return 4.0 * static_cast<double>(n) * static_cast<double>(classes); }
  /// Logits and labels read once, loss and gradient written once.
  double least_bytes() const;
  /// Everything the harness needs.
  ProblemView view() const;

  /// The same, smaller: cheap, for calibration.
  SoftmaxCrossEntropyProblem shrunk() const {
    return {std::clamp<std::int64_t>((1 << 14) / classes, 1, n), classes};
  }

  bool operator==(const SoftmaxCrossEntropyProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
SoftmaxCrossEntropyProblem parse_softmax_cross_entropy(std::string_view id);

}  // namespace breakeven
