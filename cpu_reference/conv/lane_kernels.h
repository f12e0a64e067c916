#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "cpu_reference/common/simd.h"

/// Inner loops of convolutions whose vectors run across images: lane i of every vector belongs to
/// image i of a block. Whatever stride, dilation, width or number of channels, no lane is idle, and
/// sums stay in registers while they walk along taps and channels, or places. Positions and
/// distances are in floats.
///
/// The kernels differ in nothing but the vector's width and the target. They cannot share a body:
/// see simd.h.
namespace breakeven::cpu_conv {

/// A tap that meets something: its element of the filters, and how far its source is.
struct LaneTap {
  std::int64_t filter, source;
};

/// sums(r, q) = Σ filters(channel, tap, r)·source(channel, tap, q) over channels and taps, for R
/// results and Q places.
struct LaneSums {
  const float* filters;  // (channels, taps, R), a scalar for all lanes
  std::int64_t filter_channel;
  const float* source;
  std::int64_t source_channel, step;  // from one channel, one place to the next
  std::int64_t channels, taps;
  const LaneTap* tap;
  float* sums;
  std::int64_t result;  // from one result to the next; places lie side by side
};

/// sums(r, j) += Σ dy(r, place)·x(place, j) over rows of places, for R results and J taps, lane by
/// lane.
struct LaneDots {
  const float* dy;
  std::int64_t dy_channel, dy_row;
  const float* x;
  std::int64_t x_row, step, tap;  // from one row, one place, one tap to the next
  std::int64_t rows, width;
  float* sums;
  std::int64_t result;  // from one result to the next; taps lie side by side
};

/// 128-bit vectors: SSE2, NEON.
struct PortableLanes {
  static constexpr int lanes = 4, most_results = 4, most_places = 2, most_taps = 3, most_dots = 9;

  template <int R, int Q>
  static void add(const LaneSums& s) {
    using Vector [[gnu::vector_size(16)]] = float;
    Vector sums[R][Q] = {};
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t t = 0; t < s.taps; ++t) {
        const float* a = s.filters + c * s.filter_channel + s.tap[t].filter;
        const float* x = s.source + c * s.source_channel + s.tap[t].source;
#pragma GCC unroll 3
        for (int q = 0; q < Q; ++q) {
          const Vector v = *reinterpret_cast<const Vector*>(x + q * s.step);
#pragma GCC unroll 8
          for (int r = 0; r < R; ++r) sums[r][q] += a[r] * v;
        }
      }
    }
    for (int r = 0; r < R; ++r) {
      for (std::int64_t q = 0; q < Q; ++q) {
        *reinterpret_cast<Vector*>(s.sums + r * s.result + q * lanes) = sums[r][q];
      }
    }
  }

  template <int R, int J>
  static void add(const LaneDots& d) {
    using Vector [[gnu::vector_size(16)]] = float;
    Vector sums[R][J] = {};
    for (std::int64_t row = 0; row < d.rows; ++row) {
      const float *dy = d.dy + row * d.dy_row, *x = d.x + row * d.x_row;
      for (std::int64_t i = 0; i < d.width; ++i, dy += lanes, x += d.step) {
        Vector v[J];
#pragma GCC unroll 5
        for (int j = 0; j < J; ++j) v[j] = *reinterpret_cast<const Vector*>(x + j * d.tap);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
          // Volatile: it stays in a register, and is not loaded again for each tap.
          const Vector y = *reinterpret_cast<const volatile Vector*>(dy + r * d.dy_channel);
#pragma GCC unroll 5
          for (int j = 0; j < J; ++j) sums[r][j] += y * v[j];
        }
      }
    }
    for (int r = 0; r < R; ++r) {
      for (std::int64_t j = 0; j < J; ++j) {
        *reinterpret_cast<Vector*>(d.sums + r * d.result + j * lanes) += sums[r][j];
      }
    }
  }
};

/// 256-bit vectors with fused multiply-adds.
struct Avx2Lanes {
  static constexpr int lanes = 8, most_results = 4, most_places = 3, most_taps = 3, most_dots = 12;

  template <int R, int Q>
  BREAKEVEN_TARGET_AVX2 static void add(const LaneSums& s) {
    using Vector [[gnu::vector_size(32)]] = float;
    Vector sums[R][Q] = {};
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t t = 0; t < s.taps; ++t) {
        const float* a = s.filters + c * s.filter_channel + s.tap[t].filter;
        const float* x = s.source + c * s.source_channel + s.tap[t].source;
        Vector v[Q];
#pragma GCC unroll 3
        for (int q = 0; q < Q; ++q) v[q] = *reinterpret_cast<const Vector*>(x + q * s.step);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
#pragma GCC unroll 3
          for (int q = 0; q < Q; ++q) sums[r][q] += a[r] * v[q];
        }
      }
    }
    for (int r = 0; r < R; ++r) {
      for (std::int64_t q = 0; q < Q; ++q) {
        *reinterpret_cast<Vector*>(s.sums + r * s.result + q * lanes) = sums[r][q];
      }
    }
  }

  template <int R, int J>
  BREAKEVEN_TARGET_AVX2 static void add(const LaneDots& d) {
    using Vector [[gnu::vector_size(32)]] = float;
    Vector sums[R][J] = {};
    for (std::int64_t row = 0; row < d.rows; ++row) {
      const float *dy = d.dy + row * d.dy_row, *x = d.x + row * d.x_row;
      for (std::int64_t i = 0; i < d.width; ++i, dy += lanes, x += d.step) {
        Vector v[J];
#pragma GCC unroll 5
        for (int j = 0; j < J; ++j) v[j] = *reinterpret_cast<const Vector*>(x + j * d.tap);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
          // Volatile: it stays in a register, and is not loaded again for each tap.
          const Vector y = *reinterpret_cast<const volatile Vector*>(dy + r * d.dy_channel);
#pragma GCC unroll 5
          for (int j = 0; j < J; ++j) sums[r][j] += y * v[j];
        }
      }
    }
    for (int r = 0; r < R; ++r) {
      for (std::int64_t j = 0; j < J; ++j) {
        *reinterpret_cast<Vector*>(d.sums + r * d.result + j * lanes) += sums[r][j];
      }
    }
  }
};

/// 512-bit vectors and twice as many registers.
struct Avx512Lanes {
  static constexpr int lanes = 16, most_results = 8, most_places = 3, most_taps = 5, most_dots = 24;

  template <int R, int Q>
  BREAKEVEN_TARGET_AVX512 static void add(const LaneSums& s) {
    using Vector [[gnu::vector_size(64)]] = float;
    Vector sums[R][Q] = {};
    for (std::int64_t c = 0; c < s.channels; ++c) {
      for (std::int64_t t = 0; t < s.taps; ++t) {
        const float* a = s.filters + c * s.filter_channel + s.tap[t].filter;
        const float* x = s.source + c * s.source_channel + s.tap[t].source;
        Vector v[Q];
#pragma GCC unroll 3
        for (int q = 0; q < Q; ++q) v[q] = *reinterpret_cast<const Vector*>(x + q * s.step);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
#pragma GCC unroll 3
          for (int q = 0; q < Q; ++q) sums[r][q] += a[r] * v[q];
        }
      }
    }
    for (int r = 0; r < R; ++r) {
      for (std::int64_t q = 0; q < Q; ++q) {
        *reinterpret_cast<Vector*>(s.sums + r * s.result + q * lanes) = sums[r][q];
      }
    }
  }

  template <int R, int J>
  BREAKEVEN_TARGET_AVX512 static void add(const LaneDots& d) {
    using Vector [[gnu::vector_size(64)]] = float;
    Vector sums[R][J] = {};
    for (std::int64_t row = 0; row < d.rows; ++row) {
      const float *dy = d.dy + row * d.dy_row, *x = d.x + row * d.x_row;
      for (std::int64_t i = 0; i < d.width; ++i, dy += lanes, x += d.step) {
        Vector v[J];
#pragma GCC unroll 5
        for (int j = 0; j < J; ++j) v[j] = *reinterpret_cast<const Vector*>(x + j * d.tap);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
          // Volatile: it stays in a register, and is not loaded again for each tap.
          const Vector y = *reinterpret_cast<const volatile Vector*>(dy + r * d.dy_channel);
#pragma GCC unroll 5
          for (int j = 0; j < J; ++j) sums[r][j] += y * v[j];
        }
      }
    }
    for (int r = 0; r < R; ++r) {
      for (std::int64_t j = 0; j < J; ++j) {
        *reinterpret_cast<Vector*>(d.sums + r * d.result + j * lanes) += sums[r][j];
      }
    }
  }
};

/// The kernel for so many results and places, or results and taps.
template <class Kernels, class Work>
auto lane_kernel(std::int64_t results, std::int64_t others) {
  using Kernel = void (*)(const Work&);
  constexpr int rows = Kernels::most_results, columns = std::is_same_v<Work, LaneSums>
                                                            ? Kernels::most_places
                                                            : Kernels::most_taps;
  static constexpr auto table = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array<Kernel, sizeof...(i)>{
        &Kernels::template add<i / columns + 1, i % columns + 1>...};
  }(std::make_integer_sequence<int, rows * columns>());
  return table[static_cast<std::size_t>((results - 1) * columns + others - 1)];
}

}  // namespace breakeven::cpu_conv
