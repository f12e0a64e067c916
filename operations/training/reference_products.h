#pragma once

#include <algorithm>
#include <cstdint>

#include "operations/conv/problem.h"
#include "operations/gemm/problem.h"
#include "operations/training/reference_node.h"

namespace breakeven::reference {

template <class T>
void compute(const GemmProblem& p, const ReferenceNode<T>& node) {
  const T *a = node.tensor(0), *b = node.tensor(1);
  T* c = node.tensor(2);
  const std::int64_t a_row = p.trans_a ? 1 : p.k, a_step = p.trans_a ? p.m : 1;
#pragma omp parallel for
  for (std::int64_t i = 0; i < p.m; ++i) {
    T* row = c + i * p.n;
    if (p.trans_b) {
      for (std::int64_t j = 0; j < p.n; ++j) {
        T sum = 0;
        for (std::int64_t l = 0; l < p.k; ++l) sum += a[i * a_row + l * a_step] * b[j * p.k + l];
        row[j] = sum;
      }
      continue;
    }
    std::fill_n(row, p.n, T{});
    for (std::int64_t l = 0; l < p.k; ++l) {
      const T factor = a[i * a_row + l * a_step];
      for (std::int64_t j = 0; j < p.n; ++j) row[j] += factor * b[l * p.n + j];
    }
  }
}

struct Line {
  std::int64_t x, y, count;  // where a row of x and of y begin, and elements of the latter
};
/// The part of each row of y whose elements meet the filter's (r, s) within x: calls
/// `visit(line)`; neighbours in x are the stride apart.
template <class Visit>
void for_each_line(const ConvProblem& p, std::int64_t r, std::int64_t s, Visit visit) {
  const ConvAxis &height = p.axes[1], &width = p.axes[2];
  const std::int64_t columns = width.output();
  std::int64_t first = 0, last = columns;
  while (first < last && width.source(first, s) < 0) ++first;
  while (last > first && width.source(last - 1, s) >= width.input) --last;
  for (std::int64_t row = 0; row < height.output(); ++row) {
    const std::int64_t from = height.source(row, r);
    if (from < 0 || from >= height.input || first == last) continue;
    visit(Line{from * width.input + width.source(first, s), row * columns + first, last - first});
  }
}

template <class T>
void compute(const ConvProblem& p, const ReferenceNode<T>& node) {
  const std::int64_t x_plane = p.axes[1].input * p.axes[2].input;
  const std::int64_t y_plane = p.axes[1].output() * p.axes[2].output();
  const std::int64_t rows = p.axes[1].filter, columns = p.axes[2].filter;
  const std::int64_t stride = p.axes[2].stride;
  const auto weight_at = [&](std::int64_t k, std::int64_t c) {
    return (k * p.c + c) * rows * columns;
  };
  if (p.direction == Direction::wgrad) {
    const T *x = node.tensor(0), *dy = node.tensor(1);
    T* dw = node.tensor(2);
#pragma omp parallel for collapse(2)
    for (std::int64_t k = 0; k < p.k; ++k) {
      for (std::int64_t c = 0; c < p.c; ++c) {
        for (std::int64_t tap = 0; tap < rows * columns; ++tap) {
          T sum = 0;
          for (std::int64_t n = 0; n < p.n; ++n) {
            const T* image = x + (n * p.c + c) * x_plane;
            const T* gradient = dy + (n * p.k + k) * y_plane;
            for_each_line(p, tap / columns, tap % columns, [&](const Line& line) {
              for (std::int64_t i = 0; i < line.count; ++i) {
                sum += image[line.x + i * stride] * gradient[line.y + i];
              }
            });
          }
          dw[weight_at(k, c) + tap] = sum;
        }
      }
    }
    return;
  }
  const bool forward = p.direction == Direction::fprop;
  const T *from = node.tensor(0), *w = node.tensor(1);
  T* to = node.tensor(2);
  // Of images and channels of the result, each is a sum over the other side's channels.
  const std::int64_t outer = forward ? p.k : p.c, inner = forward ? p.c : p.k;
  const std::int64_t to_plane = forward ? y_plane : x_plane;
  const std::int64_t from_plane = forward ? x_plane : y_plane;
#pragma omp parallel for collapse(2)
  for (std::int64_t n = 0; n < p.n; ++n) {
    for (std::int64_t o = 0; o < outer; ++o) {
      T* result = to + (n * outer + o) * to_plane;
      std::fill_n(result, to_plane, T{});
      for (std::int64_t i = 0; i < inner; ++i) {
        const T* source = from + (n * inner + i) * from_plane;
        const T* filter = w + (forward ? weight_at(o, i) : weight_at(i, o));
        for (std::int64_t tap = 0; tap < rows * columns; ++tap) {
          const T factor = filter[tap];
          for_each_line(p, tap / columns, tap % columns, [&](const Line& line) {
            if (forward) {
              for (std::int64_t j = 0; j < line.count; ++j) {
                result[line.y + j] += factor * source[line.x + j * stride];
              }
            } else {
              for (std::int64_t j = 0; j < line.count; ++j) {
                result[line.x + j * stride] += factor * source[line.y + j];
              }
            }
          });
        }
      }
    }
  }
}

}  // namespace breakeven::reference
