#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/conv/problem.h"
#include "operations/conv/strides.h"
#include "operations/problem.h"

namespace breakeven {

enum class Pool { max, average };

/// Pooling of images by windows, and its gradient:
///
///   max       forward (x, y):       y = the largest x of the window
///             backward (dy, x, dx): dx = Σ of the dy whose window has this x as its largest; of
///                                   equal ones the first, row by row, counts
///   average   forward (x, y):       y = Σ of the window ÷ its size, padding counted as zeros
///             backward (dy, dx):    dx = Σ of the dy whose window has this x ÷ the window's size
///
/// as torch.nn.MaxPool2d and AvgPool2d. Padding is less than a window, and no maximum. x is
/// (N, C, H, W) or with the channels last. f32.
struct PoolProblem {
  Pool pool = Pool::max;
  bool backward = false;
  ChannelOrder channels = ChannelOrder::first;
  std::int64_t n = 1, c = 1;
  ConvAxis height = {}, width = {};  // the filter is the window; without dilation

  /// Stable id: `max_pool/f32/nchw/n32c6h28w28r2s2/stride2x2`, `average_pool_backward/…`, and
  /// `/pad1x1` where there is any.
  std::string id() const;
  std::int64_t window() const { return height.filter * width.filter; }
  /// A comparison or addition for each element that a window has.
  double flops() const;
  /// Inputs read once, the output written once.
  double least_bytes() const;
  /// Everything the harness needs.
  ProblemView view() const;

  /// Distances in x and dx, and in y and dy.
  ConvStrides x_strides() const { return {c, {1, height.input, width.input}, channels}; }
  ConvStrides y_strides() const { return {c, {1, height.output(), width.output()}, channels}; }
  std::int64_t x_elements() const { return n * c * height.input * width.input; }
  std::int64_t y_elements() const { return n * c * height.output() * width.output(); }

  /// The same, smaller: cheap, for calibration.
  PoolProblem shrunk() const;

  bool operator==(const PoolProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
PoolProblem parse_pool(std::string_view id);

}  // namespace breakeven
