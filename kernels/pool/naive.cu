// One thread for each element of the result, y or dx, neighbouring threads on neighbouring
// elements. A gradient is gathered: a thread looks at each window that covers its element. What is
// wrong with it: the gradient of max pooling looks for the largest of a window once for each
// element of it.
// Limits: at most 2^31 - 1 blocks of 256.
// Measured: on no card yet.

#include <cstdint>

#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "operations/implementation.h"
#include "operations/pool/problem.h"

namespace breakeven::cuda_pool {
namespace {

constexpr int threads = 256;

/// One axis of the windows.
struct Axis {
  std::int64_t input, output, window, stride, pad;

  explicit Axis(const ConvAxis& axis)
      : input(axis.input),
        output(axis.output()),
        window(axis.filter),
        stride(axis.stride),
        pad(axis.pad_before) {}

  /// What a window covers of x, without padding: [first, last).
  __device__ std::int64_t first(std::int64_t out) const {
    const std::int64_t begin = out * stride - pad;
    return begin < 0 ? 0 : begin;
  }
  __device__ std::int64_t last(std::int64_t out) const {
    const std::int64_t end = out * stride - pad + window;
    return end < input ? end : input;
  }
  /// The windows that cover a place of x: [first, last).
  __device__ std::int64_t first_window(std::int64_t in) const {
    const std::int64_t before = in + pad - window + 1;
    return before <= 0 ? 0 : (before + stride - 1) / stride;
  }
  __device__ std::int64_t last_window(std::int64_t in) const {
    const std::int64_t end = (in + pad) / stride + 1;
    return end < output ? end : output;
  }
};

/// Both axes, and how the tensors lie in memory.
struct Windows {
  Axis height, width;
  std::int64_t channels;
  bool channels_last, max;
  float size;

  explicit Windows(const PoolProblem& p)
      : height(p.height),
        width(p.width),
        channels(p.c),
        channels_last(p.channels == ChannelOrder::last),
        max(p.pool == Pool::max),
        size(static_cast<float>(p.window())) {}

  /// Where the plane begins that the element of a tensor of `rows` × `columns` is in, in one of
  /// `other` points.
  __device__ std::int64_t plane(std::int64_t element, std::int64_t points,
                                std::int64_t other) const {
    if (!channels_last) return element / points * other;
    return element / (points * channels) * other * channels + element % channels;
  }
  /// The point of a plane that an element is.
  __device__ std::int64_t point(std::int64_t element, std::int64_t points) const {
    return channels_last ? element / channels % points : element % points;
  }
  /// From one point to the next.
  __device__ std::int64_t step() const { return channels_last ? channels : 1; }
};

__global__ void __launch_bounds__(threads)
    naive_kernel(const float* x, float* y, std::int64_t elements, Windows of) {
  const std::int64_t element = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (element >= elements) return;
  const std::int64_t outputs = of.height.output * of.width.output;
  const std::int64_t point = of.point(element, outputs);
  const std::int64_t p = point / of.width.output, q = point % of.width.output;
  x += of.plane(element, outputs, of.height.input * of.width.input);
  const std::int64_t step = of.step();
  float largest = x[(of.height.first(p) * of.width.input + of.width.first(q)) * step], sum = 0;
  for (std::int64_t h = of.height.first(p); h < of.height.last(p); ++h) {
    for (std::int64_t w = of.width.first(q); w < of.width.last(q); ++w) {
      const float value = x[(h * of.width.input + w) * step];
      largest = value > largest ? value : largest;
      sum += value;
    }
  }
  y[element] = of.max ? largest : sum / of.size;
}

/// Whether x at (h, w) is the first of the largest in the window (p, q); `x` is the plane.
__device__ bool is_largest(const float* x, std::int64_t h, std::int64_t w, std::int64_t p,
                           std::int64_t q, const Windows& of) {
  const std::int64_t step = of.step();
  const float value = x[(h * of.width.input + w) * step];
  for (std::int64_t i = of.height.first(p); i < of.height.last(p); ++i) {
    for (std::int64_t j = of.width.first(q); j < of.width.last(q); ++j) {
      const float other = x[(i * of.width.input + j) * step];
      const bool earlier = i < h || (i == h && j < w);
      if (other > value || (earlier && other == value)) return false;
    }
  }
  return true;
}

/// `x` is null for average pooling.
__global__ void __launch_bounds__(threads)
    naive_backward_kernel(const float* dy, const float* x, float* dx, std::int64_t elements,
                          Windows of) {
  const std::int64_t element = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (element >= elements) return;
  const std::int64_t inputs = of.height.input * of.width.input;
  const std::int64_t point = of.point(element, inputs);
  const std::int64_t h = point / of.width.input, w = point % of.width.input;
  dy += of.plane(element, inputs, of.height.output * of.width.output);
  if (of.max) x += of.plane(element, inputs, inputs);
  float sum = 0;
  for (std::int64_t p = of.height.first_window(h); p < of.height.last_window(h); ++p) {
    for (std::int64_t q = of.width.first_window(w); q < of.width.last_window(w); ++q) {
      if (of.max && !is_largest(x, h, w, p, q, of)) continue;
      sum += dy[(p * of.width.output + q) * of.step()];
    }
  }
  dx[element] = of.max ? sum : sum / of.size;
}

std::int64_t elements_of(const PoolProblem& p) {
  return p.backward ? p.x_elements() : p.y_elements();
}

std::int64_t blocks_of(const PoolProblem& p) { return (elements_of(p) + threads - 1) / threads; }

Support supports(const PoolProblem& p) { return fits_grid(blocks_of(p)); }

CudaCall prepare(const PoolProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const LaunchShape shape{static_cast<unsigned>(blocks_of(p)), threads};
    if (p.backward) {
      const bool max = p.pool == Pool::max;
      launch(naive_backward_kernel, shape, stream, tensors[0].as<float>(),
             max ? tensors[1].as<float>() : nullptr, tensors[max ? 2 : 1].as<float>(),
             elements_of(p), Windows(p));
    } else {
      launch(naive_kernel, shape, stream, tensors[0].as<float>(), tensors[1].as<float>(),
             elements_of(p), Windows(p));
    }
  }};
}

}  // namespace

CudaImplementation<PoolProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_pool
