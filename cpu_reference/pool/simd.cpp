// What changed against threaded: vectors along a row of y. Each of a window's places is one line of
// strided elements of x, which are compared or added for many windows at once; of a maximum its
// place in the window is kept beside it, and decides in the gradient who gets dy. Why: one window
// at a time, every comparison is a branch, which half of the time is not foreseen. Limits: channels
// first, windows side by side without padding.

#include <algorithm>

#include "cpu_reference/common/parallel.h"
#include "cpu_reference/common/versions.h"
#include "operations/implementation.h"
#include "operations/pool/problem.h"

namespace breakeven::cpu_pool {
namespace {

constexpr std::int64_t kMost = 256;  // windows at a time

/// Windows of one row of y.
struct Windows {
  std::int64_t row;  // elements of a row of x
  std::int64_t height, width;

  /// The width where the compiler does not know it: with a distance that it knows, strided elements
  /// come from two loads and a permutation, else one by one.
  template <int known>
  constexpr std::int64_t step() const {
    return known > 0 ? known : width;
  }
};

template <int known>
BREAKEVEN_ALWAYS_INLINE void largest(const float* x, Windows of, float* y, std::int64_t n) {
  const std::int64_t step = of.step<known>();
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i * step];
  for (std::int64_t h = 0; h < of.height; ++h) {
    for (std::int64_t w = 0; w < of.width; ++w) {
      const float* line = x + h * of.row + w;
#pragma omp simd
      for (std::int64_t i = 0; i < n; ++i) {
        const float value = line[i * step];
        y[i] = value > y[i] ? value : y[i];
      }
    }
  }
}

template <int known>
BREAKEVEN_ALWAYS_INLINE void average(const float* x, Windows of, float* y, std::int64_t n) {
  const std::int64_t step = of.step<known>();
  std::fill_n(y, n, 0.0F);
  for (std::int64_t h = 0; h < of.height; ++h) {
    for (std::int64_t w = 0; w < of.width; ++w) {
      const float* line = x + h * of.row + w;
#pragma omp simd
      for (std::int64_t i = 0; i < n; ++i) y[i] += line[i * step];
    }
  }
  const auto size = static_cast<float>(of.height * of.width);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] /= size;
}

/// dx of the windows: dy where x is the first of the largest, else 0.
template <int known>
BREAKEVEN_ALWAYS_INLINE void give_to_largest(const float* dy, const float* x, Windows of, float* dx,
                                             std::int64_t n) {
  const std::int64_t step = of.step<known>();
  float best[kMost];
  std::int32_t place[kMost];
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    best[i] = x[i * step];
    place[i] = 0;
  }
  std::int32_t number = 0;
  for (std::int64_t h = 0; h < of.height; ++h) {
    for (std::int64_t w = 0; w < of.width; ++w, ++number) {
      const float* line = x + h * of.row + w;
#pragma omp simd
      for (std::int64_t i = 0; i < n; ++i) {
        const float value = line[i * step];
        place[i] = value > best[i] ? number : place[i];
        best[i] = value > best[i] ? value : best[i];
      }
    }
  }
  number = 0;
  for (std::int64_t h = 0; h < of.height; ++h) {
    for (std::int64_t w = 0; w < of.width; ++w, ++number) {
      float* line = dx + h * of.row + w;
#pragma omp simd
      for (std::int64_t i = 0; i < n; ++i) line[i * step] = place[i] == number ? dy[i] : 0;
    }
  }
}

template <int known>
BREAKEVEN_ALWAYS_INLINE void give_to_all(const float* dy, const float*, Windows of, float* dx,
                                         std::int64_t n) {
  const std::int64_t step = of.step<known>();
  const auto size = static_cast<float>(of.height * of.width);
  for (std::int64_t h = 0; h < of.height; ++h) {
    for (std::int64_t w = 0; w < of.width; ++w) {
      float* line = dx + h * of.row + w;
#pragma omp simd
      for (std::int64_t i = 0; i < n; ++i) line[i * step] = dy[i] / size;
    }
  }
}

/// Calls `visit(of_x, of_y, n)` with where so many windows of a plane begin in x and in y.
template <class Visit>
void for_some_windows(const PoolProblem& p, std::int64_t plane, Visit visit) {
  const std::int64_t rows = p.height.output(), columns = p.width.output();
  for (std::int64_t h = 0; h < rows; ++h) {
    const std::int64_t row = plane * p.height.input + h * p.height.filter;
    for (std::int64_t w = 0; w < columns; w += kMost) {
      visit(row * p.width.input + w * p.width.filter, (plane * rows + h) * columns + w,
            std::min(kMost, columns - w));
    }
  }
}

/// What no window covers has no gradient.
void clear_the_rest(const PoolProblem& p, std::int64_t plane, float* dx) {
  float* of_plane = dx + plane * p.height.input * p.width.input;
  const std::int64_t rows = p.height.output() * p.height.filter;
  const std::int64_t columns = p.width.output() * p.width.filter;
  for (std::int64_t h = 0; h < rows; ++h) {
    std::fill(of_plane + h * p.width.input + columns, of_plane + (h + 1) * p.width.input, 0.0F);
  }
  std::fill(of_plane + rows * p.width.input, of_plane + p.height.input * p.width.input, 0.0F);
}

template <int known>
void compute(const PoolProblem& p, std::int64_t plane, Tensors tensors) {
  const bool max = p.pool == Pool::max;
  const Windows windows{p.width.input, p.height.filter, p.width.filter};
  if (!p.backward) {
    const float* x = tensors[0].as<float>();
    float* y = tensors[1].as<float>();
    return for_some_windows(p, plane, [&](std::int64_t of_x, std::int64_t of_y, std::int64_t n) {
      max ? with_widest_vectors<largest<known>>(x + of_x, windows, y + of_y, n)
          : with_widest_vectors<average<known>>(x + of_x, windows, y + of_y, n);
    });
  }
  const float *dy = tensors[0].as<float>(), *x = tensors[1].as<float>();  // x of max only
  float* dx = tensors[max ? 2 : 1].as<float>();
  clear_the_rest(p, plane, dx);
  for_some_windows(p, plane, [&](std::int64_t of_x, std::int64_t of_y, std::int64_t n) {
    max ? with_widest_vectors<give_to_largest<known>>(dy + of_y, x + of_x, windows, dx + of_x, n)
        : with_widest_vectors<give_to_all<known>>(dy + of_y, x, windows, dx + of_x, n);
  });
}

Support supports(const PoolProblem& p) {
  const auto side_by_side = [](const ConvAxis& axis) {
    return axis.stride == axis.filter && axis.pad_before == 0 && axis.pad_after == 0;
  };
  if (p.channels == ChannelOrder::last) return Support::no("takes channels first only");
  if (!side_by_side(p.height) || !side_by_side(p.width)) {
    return Support::no("takes windows side by side, without padding");
  }
  return Support::yes();
}

CpuCall prepare(const PoolProblem& p) {
  const std::int64_t least =
      std::max<std::int64_t>(kWorthAThread / (p.height.input * p.width.input), 1);
  return {[p, least](Tensors tensors) {
    share_out(p.n * p.c, 1, least, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t plane = begin; plane < end; ++plane) {
        p.width.filter == 2 ? compute<2>(p, plane, tensors) : compute<0>(p, plane, tensors);
      }
    });
  }};
}

}  // namespace

CpuImplementation<PoolProblem> simd() { return {"simd", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_pool
