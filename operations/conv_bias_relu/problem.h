#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/conv/problem.h"

namespace breakeven {

/// y = relu(conv(x, w) + bias): a layer of a network whose batch norm has been folded into w and
/// bias, as one call. x, w and y are a convolution's; bias has K elements of their dtype, one for
/// each channel of y. Sums, the bias and relu(z) = max(z, 0) are computed in the convolution's
/// accumulator, and rounded once, to y.
struct ConvBiasReluProblem {
  ConvProblem convolution;  // fprop; its y is the one before bias and relu

  /// Stable id: `conv_bias_relu/f32/nchw/n8c64h56w56k64r3s3/pad1x1`, a convolution's but for the
  /// direction.
  std::string id() const;

  /// Those of the convolution, and two for each element of y: to add its bias, to compare with
  /// zero.
  double flops() const;
  double nominal_flops() const;
  /// Those of the convolution, and bias read once.
  double least_bytes() const;

  /// Everything the harness needs, tensors in the order x, w, bias, y.
  ProblemView view() const;

  /// The same, smaller: cheap, for calibration.
  ConvBiasReluProblem shrunk() const { return {convolution.shrunk()}; }

  /// The same on tensors of another dtype.
  ConvBiasReluProblem in(Dtype other) const { return {convolution.in(other)}; }

  bool operator==(const ConvBiasReluProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id, as
/// parse_conv does.
ConvBiasReluProblem parse_conv_bias_relu(std::string_view id);

}  // namespace breakeven
