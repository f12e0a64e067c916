#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "operations/dtype.h"
#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

/// What is computed of y = conv(x, w): y itself, or a gradient from y's gradient dy.
enum class Direction {
  fprop,  // y(x, w)
  dgrad,  // backward data: dx(dy, w)
  wgrad,  // backward weights: dw(x, dy)
};

constexpr std::string_view name_of(Direction direction) {
  return direction == Direction::fprop   ? "fprop"
         : direction == Direction::dgrad ? "dgrad"
                                         : "wgrad";
}

/// In memory channels are slowest within an image (NCHW, with filters KCRS), or fastest (NHWC, with
/// filters KRSC).
enum class ChannelOrder { first, last };

/// One spatial axis of a convolution.
struct ConvAxis {
  std::int64_t input = 1;   // extent of x
  std::int64_t filter = 1;  // extent of w
  std::int64_t stride = 1;
  std::int64_t dilation = 1;  // distance of a filter's neighbouring elements in x
  std::int64_t pad_before = 0, pad_after = 0;

  /// Extent of y: places of the filter within the padded input; 0 where it does not fit.
  std::int64_t output() const;
  /// The element of x that element `tap` of the filter meets in element `out` of y; it is padding
  /// where it is below 0 or not below `input`.
  std::int64_t source(std::int64_t out, std::int64_t tap) const {
    return out * stride - pad_before + tap * dilation;
  }

  bool operator==(const ConvAxis&) const = default;
};

/// A convolution (as in deep learning: a cross-correlation) or one of its gradients:
///
///   y[n, k, p, q] = Σ x[n, g·C/G + c, p·stride - pad + r·dilation, q·…] · w[k, c, r, s]
///
/// summed over c in [0, C/G), r and s, where g = k / (K/G) is k's group and elements of x outside
/// of it are zero; with one spatial axis (W), two (H, W) or three (D, H, W).
///   dx[n, c, h, w] = Σ over all k, r, s, p, q of which y[n, k, p, q] has the term x[n, c, h, w]·w
///   dw[k, c, r, s] = Σ over n, p, q of dy[n, k, p, q] times the x that meets w[k, c, r, s] there
///
/// x is (N, C, D, H, W), w is (K, C/G, T, R, S), y is (N, K, O, P, Q); in memory in that order, or
/// with the channels last. Tensors in the order x, w, y; dy, w, dx; x, dy, dw.
///
/// The forward pass of a transposed convolution is the dgrad of the one that it is the transpose
/// of: the same tensors and the same sums, and the same problem here.
///
/// dtype            of all tensors; summed in f32, or f64 for f64
struct ConvProblem {
  Dtype dtype = Dtype::f32;
  ChannelOrder channels = ChannelOrder::first;
  Direction direction = Direction::fprop;
  std::int64_t n = 1;
  std::int64_t c = 1;
  std::int64_t k = 1;
  std::int64_t groups = 1;
  int dims = 2;                       // spatial axes
  std::array<ConvAxis, 3> axes = {};  // D, H, W; those that it does not have are one point

  /// Stable id: `conv/f32/nchw/fprop/n8c64h56w56k64r3s3`, and where they are not the default
  /// `/stride2x2`, `/pad1x1` (`/pad0-1x0-1` where it differs before and after), `/dilation2x2`,
  /// `/groups32`.
  std::string id() const;

  std::int64_t group_c() const { return c / groups; }
  std::int64_t group_k() const { return k / groups; }
  Dtype sum_dtype() const { return dtype == Dtype::f64 ? Dtype::f64 : Dtype::f32; }

  /// 2·N·K·C/G times the pairs of an output and a tap that meet an element of x: what falls on
  /// padding is no operation (others publish 2·N·K·C/G·T·R·S·O·P·Q, with it). The same in all
  /// directions.
  double flops() const;
  /// The count that others publish.
  double nominal_flops() const;
  /// Elements of the inputs that meet another one read once, the output written once.
  double least_bytes() const;
  /// The most terms of one output element's sum.
  std::int64_t reduction() const;

  /// Everything the harness needs.
  ProblemView view() const;

  /// The same with fewer images, channels and smaller extents: cheap, for calibration.
  ConvProblem shrunk() const;

  ConvProblem in(Dtype other) const;
  ConvProblem in(Direction other) const;

  bool operator==(const ConvProblem&) const = default;
};

/// Yes for problems of these dtypes; for others no, with the reason.
Support only(const ConvProblem& problem, std::initializer_list<Dtype> dtypes);

/// The problem of that id. A transposed convolution is written as such and becomes the problem it
/// is: `conv_transposed/f32/nchw/fprop/n8c128h28w28k64r2s2/stride2x2[/extra1x1]` with its own
/// input, channels and direction, `extra` being what PyTorch calls output_padding.
/// Throws std::invalid_argument with one clear line that quotes the id: for what is no id, for an
/// empty output, groups that divide no channels, and sizes that overflow (never wraps).
ConvProblem parse_conv(std::string_view id);

}  // namespace breakeven
