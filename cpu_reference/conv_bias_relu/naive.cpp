// relu(conv(x, w) + bias) as the formula says it: loops over y, inside of them loops over the sum,
// each element finished before the next, one thread. What every other implementation is compared
// with.
// Limits: none but patience.

#include <algorithm>

#include "operations/conv/strides.h"
#include "operations/conv_bias_relu/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

std::int64_t place(const ConvStrides& strides, std::int64_t outer, std::int64_t channel,
                   std::int64_t d, std::int64_t h, std::int64_t w) {
  return outer * strides.outer + channel * strides.channel + d * strides.axis[0] +
         h * strides.axis[1] + w * strides.axis[2];
}

/// The sum of y[n, k, o, p, q]'s terms.
template <class T, class Sum>
Sum sum_of(const ConvProblem& conv, Tensors tensors, std::int64_t n, std::int64_t k, std::int64_t o,
           std::int64_t p, std::int64_t q) {
  const ConvStrides xs = x_strides(conv), ws = w_strides(conv);
  const auto& [depth, height, width] = conv.axes;
  const T* x = tensors[0].as<T>();
  const T* w = tensors[1].as<T>();
  const std::int64_t first_c = k / conv.group_k() * conv.group_c();
  const auto inside = [](const ConvAxis& axis, std::int64_t i) { return i >= 0 && i < axis.input; };
  Sum sum = 0;
  for (std::int64_t c = 0; c < conv.group_c(); ++c) {
    for (std::int64_t t = 0; t < depth.filter; ++t) {
      for (std::int64_t r = 0; r < height.filter; ++r) {
        for (std::int64_t s = 0; s < width.filter; ++s) {
          const std::int64_t d = depth.source(o, t), h = height.source(p, r),
                             v = width.source(q, s);
          if (!inside(depth, d) || !inside(height, h) || !inside(width, v)) continue;
          sum += static_cast<Sum>(x[place(xs, n, first_c + c, d, h, v)]) *
                 static_cast<Sum>(w[place(ws, k, c, t, r, s)]);
        }
      }
    }
  }
  return sum;
}

template <class T, class Sum>
void compute(const ConvProblem& conv, Tensors tensors) {
  const auto [os, ps, qs] = output_extents(conv);
  const ConvStrides ys = y_strides(conv);
  const T* bias = tensors[2].as<T>();
  T* y = tensors[3].as<T>();
  for (std::int64_t n = 0; n < conv.n; ++n) {
    for (std::int64_t k = 0; k < conv.k; ++k) {
      for (std::int64_t o = 0; o < os; ++o) {
        for (std::int64_t p = 0; p < ps; ++p) {
          for (std::int64_t q = 0; q < qs; ++q) {
            const Sum z = sum_of<T, Sum>(conv, tensors, n, k, o, p, q) + static_cast<Sum>(bias[k]);
            y[place(ys, n, k, o, p, q)] = static_cast<T>(std::max(z, Sum{0}));
          }
        }
      }
    }
  }
}

Support supports(const ConvBiasReluProblem&) { return Support::yes(); }

CpuCall prepare(const ConvBiasReluProblem& problem) {
  return {[conv = problem.convolution](Tensors tensors) {
    switch (conv.dtype) {
      case Dtype::f64:
        return compute<double, double>(conv, tensors);
      case Dtype::bf16:
        return compute<Bf16, float>(conv, tensors);
      case Dtype::f16:
        return compute<F16, float>(conv, tensors);
      default:
        return compute<float, float>(conv, tensors);
    }
  }};
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_conv_bias_relu
