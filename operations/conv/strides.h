#pragma once

#include <array>
#include <cstdint>

#include "operations/conv/problem.h"

namespace breakeven {

/// Distances in elements between neighbours of a dense tensor: images (or filters), channels, and
/// positions along D, H, W.
struct ConvStrides {
  std::int64_t outer;
  std::int64_t channel;
  std::array<std::int64_t, 3> axis;

  ConvStrides(std::int64_t channels, const std::array<std::int64_t, 3>& extents,
              ChannelOrder order) {
    const bool last = order == ChannelOrder::last;
    std::int64_t step = last ? channels : 1;
    for (int i = 2; i >= 0; --i) {
      axis[i] = step;
      step *= extents[i];
    }
    channel = last ? 1 : step;
    outer = last ? step : step * channels;
  }
};

/// Extents along D, H, W.
inline std::array<std::int64_t, 3> input_extents(const ConvProblem& p) {
  return {p.axes[0].input, p.axes[1].input, p.axes[2].input};
}
inline std::array<std::int64_t, 3> filter_extents(const ConvProblem& p) {
  return {p.axes[0].filter, p.axes[1].filter, p.axes[2].filter};
}
inline std::array<std::int64_t, 3> output_extents(const ConvProblem& p) {
  return {p.axes[0].output(), p.axes[1].output(), p.axes[2].output()};
}

/// Of x and dx; of w and dw, whose outer index is k; of y and dy.
inline ConvStrides x_strides(const ConvProblem& p) { return {p.c, input_extents(p), p.channels}; }
inline ConvStrides w_strides(const ConvProblem& p) {
  return {p.group_c(), filter_extents(p), p.channels};
}
inline ConvStrides y_strides(const ConvProblem& p) { return {p.k, output_extents(p), p.channels}; }

}  // namespace breakeven
