#pragma once

#include <cstdint>

#include "operations/training/plan.h"

namespace breakeven::layer_problems {

/// What a layer's operations are for a batch of images; `x` are the extents of its input, `of`
/// those of its output.

inline ConvAxis axis(std::int64_t input, const Layer& layer) {
  return {.input = input,
          .filter = layer.window,
          .stride = layer.stride,
          .pad_before = layer.pad,
          .pad_after = layer.pad};
}

inline ConvProblem convolution(const Layer& layer, const Extents& x, std::int64_t batch) {
  return {.n = batch,
          .c = x.channels,
          .k = layer.channels,
          .axes = {ConvAxis{}, axis(x.height, layer), axis(x.width, layer)}};
}
/// y (N, out) = x (N, in) · wᵀ, w being (out, in).
inline GemmProblem linear(const Layer& layer, const Extents& x, std::int64_t batch) {
  return {.trans_b = true, .m = batch, .n = layer.channels, .k = x.elements()};
}
inline PoolProblem pool(const Layer& layer, const Extents& x, std::int64_t batch, bool backward) {
  return {.pool = layer.kind == LayerKind::max_pool ? Pool::max : Pool::average,
          .backward = backward,
          .n = batch,
          .c = x.channels,
          .height = axis(x.height, layer),
          .width = axis(x.width, layer)};
}
inline BiasProblem bias(const Extents& of, std::int64_t batch, bool backward) {
  return {.backward = backward, .n = batch, .c = of.channels, .places = of.places()};
}
inline BatchNormProblem batch_norm(const Extents& of, std::int64_t batch, BatchNorm mode) {
  return {.mode = mode, .n = batch, .c = of.channels, .places = of.places()};
}
inline ElementwiseProblem elementwise(Elementwise function, const Extents& of, std::int64_t batch) {
  return {.function = function, .n = batch * of.elements()};
}

}  // namespace breakeven::layer_problems
