#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

enum class BatchNorm { training, evaluation, backward };

/// Batch normalisation of each channel over images and places, as torch.nn.BatchNorm2d with its
/// defaults (eps 1e-5, momentum 0.1):
///
///   training    (x, weight, bias, running_mean, running_var, y, mean, var):
///               mean and var (÷ count) of the channel; y = (x - mean) / √(var + eps)·weight +
///               bias; running += 0.1·(that of the batch - running), of var the one ÷ (count - 1)
///   evaluation  (x, weight, bias, running_mean, running_var, y): the same with the running ones
///   backward    (dy, x, weight, mean, var, dx, dweight, dbias): of training
///
/// x is (N, C, P), or (N, P, C) with the channels last. f32. Training takes two elements of a
/// channel.
struct BatchNormProblem {
  static constexpr double eps = 1e-5, momentum = 0.1;

  BatchNorm mode = BatchNorm::training;
  bool channels_last = false;
  std::int64_t n = 1, c = 1, places = 2;

  /// Stable id: `batch_norm/f32/ncp/n32c64p3136`, `batch_norm_evaluation/…`,
  /// `batch_norm_backward/…`.
  std::string id() const;
  std::int64_t count() const { return n * places; }  // of a channel
  std::int64_t elements() const { return n * c * places; }
  /// Where element `i` of a channel is in x.
  std::int64_t at(std::int64_t channel, std::int64_t i) const {
    return channels_last ? i * c + channel : (i / places * c + channel) * places + i % places;
  }
  std::int64_t channel_of(std::int64_t element) const {
    return channels_last ? element % c : element / places % c;
  }
  /// Of each element: training 8 (mean 1, variance 3, normalising 2, weight and bias 2), evaluation
  /// 4, backward 11 (normalising 2, two sums 3, gradient 6).
  double flops() const;
  /// Inputs read once, outputs written once.
  double least_bytes() const;
  /// Everything the harness needs.
  ProblemView view() const;

  /// The same, smaller: cheap, for calibration.
  BatchNormProblem shrunk() const;

  bool operator==(const BatchNormProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
BatchNormProblem parse_batch_norm(std::string_view id);

}  // namespace breakeven
