#pragma once

#include <array>
#include <cstdint>

#include "cpu_reference/common/simd.h"
#include "cpu_reference/gemm/register_tile.h"

/// Innermost products of a skinny GEMM: a large matrix Y, read from memory as it is stored, with S
/// lines of a small matrix X, which stay in the cache. As in register_tile.h, the bodies differ in
/// the vector's width, the target and how much fits into the registers.
namespace breakeven::cpu_gemm {

/// Lines of X, at most. A kernel takes up to `outer_lines` or `inner_lines` of them at once and has
/// an instance for each number.
inline constexpr std::int64_t kMostLines = 16;

/// sums(s, l) += sum over k of x(k, s)·y(k, l), for a width of whole strips of two vectors.
template <class T>
struct OuterBlock {
  const T* x;        // (depth, S)
  const T* y;        // (depth, width)
  std::int64_t ldy;  // elements from one row to the next
  T* sums;           // (S, width)
  std::int64_t lds;
};

/// Rows of Y that the inner products do at once: each vector of X that is loaded serves them all.
inline constexpr std::int64_t kInnerRows = 6;

/// sums(r, s, lane) += sum of y(r, k)·x(s, k) over each k that falls into a vector's lane, for a
/// depth of whole vectors.
template <class T>
struct InnerRows {
  std::array<const T*, kInnerRows> y;
  const T* x;  // (S, depth)
  std::int64_t ldx;
  T* sums;                // (kInnerRows, S, lanes)
  std::int64_t sums_row;  // elements from one row to the next
};

/// 128-bit vectors: SSE2, NEON.
template <class T>
struct PortableSkinny {
  static constexpr std::int64_t lanes = 16 / sizeof(T);
  static constexpr int outer_lines = 6, inner_lines = 2;

  template <int S>
  static void outer(std::int64_t width, std::int64_t depth, OuterBlock<T> o) {
    using Vector = typename Unaligned<T, 16>::Vector;
    for (std::int64_t l = 0; l < width; l += 2 * lanes) {
      Vector sums[S][2];
#pragma GCC unroll 6
      for (int s = 0; s < S; ++s) {
        const auto* from = reinterpret_cast<const Vector*>(o.sums + s * o.lds + l);
        sums[s][0] = from[0];
        sums[s][1] = from[1];
      }
      const T *x = o.x, *y = o.y + l;
      for (std::int64_t k = 0; k < depth; ++k, x += S, y += o.ldy) {
        const Vector y0 = reinterpret_cast<const Vector*>(y)[0];
        const Vector y1 = reinterpret_cast<const Vector*>(y)[1];
#pragma GCC unroll 6
        for (int s = 0; s < S; ++s) {
          sums[s][0] += x[s] * y0;
          sums[s][1] += x[s] * y1;
        }
      }
#pragma GCC unroll 6
      for (int s = 0; s < S; ++s) {
        auto* to = reinterpret_cast<Vector*>(o.sums + s * o.lds + l);
        to[0] = sums[s][0];
        to[1] = sums[s][1];
      }
    }
  }

  template <int S>
  static void inner(std::int64_t depth, InnerRows<T> in) {
    using Vector = typename Unaligned<T, 16>::Vector;
    Vector sums[kInnerRows][S];
    for (int r = 0; r < kInnerRows; ++r) {
      for (int s = 0; s < S; ++s) {
        sums[r][s] = reinterpret_cast<const Vector*>(in.sums + r * in.sums_row)[s];
      }
    }
    for (std::int64_t k = 0; k < depth; k += lanes) {
      Vector x[S];
      for (int s = 0; s < S; ++s) x[s] = *reinterpret_cast<const Vector*>(in.x + s * in.ldx + k);
#pragma GCC unroll 6
      for (int r = 0; r < kInnerRows; ++r) {
        const Vector y = *reinterpret_cast<const Vector*>(in.y[r] + k);
        for (int s = 0; s < S; ++s) sums[r][s] += y * x[s];
      }
    }
    for (int r = 0; r < kInnerRows; ++r) {
      for (int s = 0; s < S; ++s) {
        reinterpret_cast<Vector*>(in.sums + r * in.sums_row)[s] = sums[r][s];
      }
    }
  }
};

/// 256-bit vectors with fused multiply-adds.
template <class T>
struct Avx2Skinny {
  static constexpr std::int64_t lanes = 32 / sizeof(T);
  static constexpr int outer_lines = 6, inner_lines = 2;

  template <int S>
  BREAKEVEN_TARGET_AVX2 static void outer(std::int64_t width, std::int64_t depth, OuterBlock<T> o) {
    using Vector = typename Unaligned<T, 32>::Vector;
    for (std::int64_t l = 0; l < width; l += 2 * lanes) {
      Vector sums[S][2];
#pragma GCC unroll 6
      for (int s = 0; s < S; ++s) {
        const auto* from = reinterpret_cast<const Vector*>(o.sums + s * o.lds + l);
        sums[s][0] = from[0];
        sums[s][1] = from[1];
      }
      const T *x = o.x, *y = o.y + l;
      for (std::int64_t k = 0; k < depth; ++k, x += S, y += o.ldy) {
        const Vector y0 = reinterpret_cast<const Vector*>(y)[0];
        const Vector y1 = reinterpret_cast<const Vector*>(y)[1];
#pragma GCC unroll 6
        for (int s = 0; s < S; ++s) {
          sums[s][0] += x[s] * y0;
          sums[s][1] += x[s] * y1;
        }
      }
#pragma GCC unroll 6
      for (int s = 0; s < S; ++s) {
        auto* to = reinterpret_cast<Vector*>(o.sums + s * o.lds + l);
        to[0] = sums[s][0];
        to[1] = sums[s][1];
      }
    }
  }

  template <int S>
  BREAKEVEN_TARGET_AVX2 static void inner(std::int64_t depth, InnerRows<T> in) {
    using Vector = typename Unaligned<T, 32>::Vector;
    Vector sums[kInnerRows][S];
    for (int r = 0; r < kInnerRows; ++r) {
      for (int s = 0; s < S; ++s) {
        sums[r][s] = reinterpret_cast<const Vector*>(in.sums + r * in.sums_row)[s];
      }
    }
    for (std::int64_t k = 0; k < depth; k += lanes) {
      Vector x[S];
      for (int s = 0; s < S; ++s) x[s] = *reinterpret_cast<const Vector*>(in.x + s * in.ldx + k);
#pragma GCC unroll 6
      for (int r = 0; r < kInnerRows; ++r) {
        const Vector y = *reinterpret_cast<const Vector*>(in.y[r] + k);
        for (int s = 0; s < S; ++s) sums[r][s] += y * x[s];
      }
    }
    for (int r = 0; r < kInnerRows; ++r) {
      for (int s = 0; s < S; ++s) {
        reinterpret_cast<Vector*>(in.sums + r * in.sums_row)[s] = sums[r][s];
      }
    }
  }
};

/// 512-bit vectors and twice as many registers.
template <class T>
struct Avx512Skinny {
  static constexpr std::int64_t lanes = 64 / sizeof(T);
  static constexpr int outer_lines = 14, inner_lines = 4;

  template <int S>
  BREAKEVEN_TARGET_AVX512 static void outer(std::int64_t width, std::int64_t depth,
                                            OuterBlock<T> o) {
    using Vector = typename Unaligned<T, 64>::Vector;
    for (std::int64_t l = 0; l < width; l += 2 * lanes) {
      Vector sums[S][2];
#pragma GCC unroll 14
      for (int s = 0; s < S; ++s) {
        const auto* from = reinterpret_cast<const Vector*>(o.sums + s * o.lds + l);
        sums[s][0] = from[0];
        sums[s][1] = from[1];
      }
      const T *x = o.x, *y = o.y + l;
      for (std::int64_t k = 0; k < depth; ++k, x += S, y += o.ldy) {
        const Vector y0 = reinterpret_cast<const Vector*>(y)[0];
        const Vector y1 = reinterpret_cast<const Vector*>(y)[1];
#pragma GCC unroll 14
        for (int s = 0; s < S; ++s) {
          sums[s][0] += x[s] * y0;
          sums[s][1] += x[s] * y1;
        }
      }
#pragma GCC unroll 14
      for (int s = 0; s < S; ++s) {
        auto* to = reinterpret_cast<Vector*>(o.sums + s * o.lds + l);
        to[0] = sums[s][0];
        to[1] = sums[s][1];
      }
    }
  }

  template <int S>
  BREAKEVEN_TARGET_AVX512 static void inner(std::int64_t depth, InnerRows<T> in) {
    using Vector = typename Unaligned<T, 64>::Vector;
    Vector sums[kInnerRows][S];
    for (int r = 0; r < kInnerRows; ++r) {
      for (int s = 0; s < S; ++s) {
        sums[r][s] = reinterpret_cast<const Vector*>(in.sums + r * in.sums_row)[s];
      }
    }
    for (std::int64_t k = 0; k < depth; k += lanes) {
      Vector x[S];
      for (int s = 0; s < S; ++s) x[s] = *reinterpret_cast<const Vector*>(in.x + s * in.ldx + k);
#pragma GCC unroll 6
      for (int r = 0; r < kInnerRows; ++r) {
        const Vector y = *reinterpret_cast<const Vector*>(in.y[r] + k);
        for (int s = 0; s < S; ++s) sums[r][s] += y * x[s];
      }
    }
    for (int r = 0; r < kInnerRows; ++r) {
      for (int s = 0; s < S; ++s) {
        reinterpret_cast<Vector*>(in.sums + r * in.sums_row)[s] = sums[r][s];
      }
    }
  }
};

}  // namespace breakeven::cpu_gemm
