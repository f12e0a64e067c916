#pragma once

#include <algorithm>
#include <cstdint>

#include "operations/pool/problem.h"
#include "operations/pool/windows.h"
#include "operations/tensor.h"

namespace breakeven::cpu_pool {

/// One channel of an image in x (dx) and in y (dy): where it begins, and its rows and columns.
struct Planes {
  std::int64_t x, y;
  std::int64_t x_row, x_column, y_row, y_column;

  Planes(const PoolProblem& p, std::int64_t plane) {
    const ConvStrides xs = p.x_strides(), ys = p.y_strides();
    x = plane / p.c * xs.outer + plane % p.c * xs.channel;
    y = plane / p.c * ys.outer + plane % p.c * ys.channel;
    x_row = xs.axis[1], x_column = xs.axis[2];
    y_row = ys.axis[1], y_column = ys.axis[2];
  }
};

/// Calls `visit(h, w, rows, columns)` with each output and what its window covers.
template <class Visit>
void for_each_window(const PoolProblem& p, Visit visit) {
  for (std::int64_t h = 0; h < p.height.output(); ++h) {
    const Span rows = covered(p.height, h);
    for (std::int64_t w = 0; w < p.width.output(); ++w) visit(h, w, rows, covered(p.width, w));
  }
}

/// Where the first of the largest elements of a window is, within its plane.
inline std::int64_t largest_of(const float* x, const Planes& of, const Span& rows,
                               const Span& columns) {
  std::int64_t at = rows.first * of.x_row + columns.first * of.x_column;
  for (std::int64_t h = rows.first; h < rows.last; ++h) {
    for (std::int64_t w = columns.first; w < columns.last; ++w) {
      const std::int64_t other = h * of.x_row + w * of.x_column;
      if (x[other] > x[at]) at = other;
    }
  }
  return at;
}

/// A channel of an image, from the problem's tensors.
inline void forward(const PoolProblem& p, const Planes& of, Tensors tensors) {
  const float* x = tensors[0].as<float>() + of.x;
  float* y = tensors[1].as<float>() + of.y;
  const auto size = static_cast<float>(p.window());
  for_each_window(p, [&](std::int64_t h, std::int64_t w, const Span& rows, const Span& columns) {
    float& result = y[h * of.y_row + w * of.y_column];
    if (p.pool == Pool::max) {
      result = x[largest_of(x, of, rows, columns)];
      return;
    }
    float sum = 0;
    for (std::int64_t i = rows.first; i < rows.last; ++i) {
      for (std::int64_t j = columns.first; j < columns.last; ++j) {
        sum += x[i * of.x_row + j * of.x_column];
      }
    }
    result = sum / size;
  });
}

/// Likewise: zeroes dx and scatters dy to it.
inline void backward(const PoolProblem& p, const Planes& of, Tensors tensors) {
  const bool max = p.pool == Pool::max;
  const float* dy = tensors[0].as<float>() + of.y;
  const float* x = tensors[1].as<float>() + of.x;  // of max
  float* dx = tensors[max ? 2 : 1].as<float>() + of.x;
  for (std::int64_t h = 0; h < p.height.input; ++h) {
    for (std::int64_t w = 0; w < p.width.input; ++w) dx[h * of.x_row + w * of.x_column] = 0;
  }
  const auto size = static_cast<float>(p.window());
  for_each_window(p, [&](std::int64_t h, std::int64_t w, const Span& rows, const Span& columns) {
    const float gradient = dy[h * of.y_row + w * of.y_column];
    if (max) {
      dx[largest_of(x, of, rows, columns)] += gradient;
      return;
    }
    for (std::int64_t i = rows.first; i < rows.last; ++i) {
      for (std::int64_t j = columns.first; j < columns.last; ++j) {
        dx[i * of.x_row + j * of.x_column] += gradient / size;
      }
    }
  });
}

inline void compute(const PoolProblem& p, std::int64_t plane, Tensors tensors) {
  const Planes of(p, plane);
  p.backward ? backward(p, of, tensors) : forward(p, of, tensors);
}

}  // namespace breakeven::cpu_pool
