#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu_reference/common/simd.h"

/// Inner loops of convolutions that multiply where the tensors lie: vectors run along lines of
/// neighbouring elements. Rows and lines are taken several at a time, so that what is loaded feeds
/// several multiply-adds.
namespace breakeven::cpu_conv {

/// Rows sums(r, i), lines(j, i) and coefficients a(r, j) of
///
///   add_lines: sums(r, i) += Σ a(r, j)·lines(j, i) over j
///   add_dots:  a(r, j) += Σ sums(r, i)·lines(j, i) over i
///
/// Line j begins at `from + offsets[j]`, its coefficient in row r is `a[r·a_row + a_offsets[j]]`.
template <class T, class A, class Sums>
struct LineBlock {
  std::int64_t rows, lines, length;
  A* a;
  std::int64_t a_row;
  const std::int64_t* a_offsets;
  const T* from;
  const std::int64_t* offsets;
  Sums* sums;
  std::int64_t sums_row;  // elements from one row to the next
};
template <class T>
using LineSums = LineBlock<T, const T, T>;
template <class T>
using LineDots = LineBlock<T, T, const T>;

template <int R, int J, class T>
BREAKEVEN_ALWAYS_INLINE void add_some_lines(const LineSums<T>& b, std::int64_t row,
                                            std::int64_t line) {
  T a[R][J];
  const T* from[J];
  for (int j = 0; j < J; ++j) {
    from[j] = b.from + b.offsets[line + j];
    for (int r = 0; r < R; ++r) a[r][j] = b.a[(row + r) * b.a_row + b.a_offsets[line + j]];
  }
  T* sums = b.sums + row * b.sums_row;
#pragma omp simd
  for (std::int64_t i = 0; i < b.length; ++i) {
    T x[J];
#pragma GCC unroll 9
    for (int j = 0; j < J; ++j) x[j] = from[j][i];
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) {
      T sum = sums[r * b.sums_row + i];
#pragma GCC unroll 9
      for (int j = 0; j < J; ++j) sum += a[r][j] * x[j];
      sums[r * b.sums_row + i] = sum;
    }
  }
}

template <class T>
BREAKEVEN_ALWAYS_INLINE void add_all_lines(const LineSums<T>& b) {
  std::int64_t line = 0;
  if (b.rows == 1) {
    for (; line + 9 <= b.lines; line += 9) add_some_lines<1, 9, T>(b, 0, line);
  }
  for (; line + 3 <= b.lines; line += 3) {
    std::int64_t row = 0;
    for (; row + 4 <= b.rows; row += 4) add_some_lines<4, 3, T>(b, row, line);
    for (; row < b.rows; ++row) add_some_lines<1, 3, T>(b, row, line);
  }
  for (; line < b.lines; ++line) {
    std::int64_t row = 0;
    for (; row + 4 <= b.rows; row += 4) add_some_lines<4, 1, T>(b, row, line);
    for (; row < b.rows; ++row) add_some_lines<1, 1, T>(b, row, line);
  }
}

/// Three lines with one row or two: what goes beyond the last line or row is done twice and left
/// out.
template <bool two_rows, class T>
BREAKEVEN_ALWAYS_INLINE void add_some_dots(const LineDots<T>& b, std::int64_t row,
                                           std::int64_t line) {
  const int lines = static_cast<int>(std::min<std::int64_t>(b.lines - line, 3));
  const std::int64_t* offsets = b.offsets + line;
  const T *x0 = b.from + offsets[0], *x1 = b.from + offsets[lines > 1 ? 1 : 0],
          *x2 = b.from + offsets[lines > 2 ? 2 : 0];
  const T* y0 = b.sums + row * b.sums_row;
  const T* y1 = two_rows ? y0 + b.sums_row : y0;
  T s00 = 0, s01 = 0, s02 = 0, s10 = 0, s11 = 0, s12 = 0;
#pragma omp simd reduction(+ : s00, s01, s02, s10, s11, s12)
  for (std::int64_t i = 0; i < b.length; ++i) {
    s00 += y0[i] * x0[i];
    s01 += y0[i] * x1[i];
    s02 += y0[i] * x2[i];
    if constexpr (two_rows) {
      s10 += y1[i] * x0[i];
      s11 += y1[i] * x1[i];
      s12 += y1[i] * x2[i];
    }
  }
  const T dots[2][3] = {{s00, s01, s02}, {s10, s11, s12}};
  for (int r = 0; r < (two_rows ? 2 : 1); ++r) {
    for (int j = 0; j < lines; ++j) {
      b.a[(row + r) * b.a_row + b.a_offsets[line + j]] += dots[r][j];
    }
  }
}

template <class T>
BREAKEVEN_ALWAYS_INLINE void add_all_dots(const LineDots<T>& b) {
  for (std::int64_t line = 0; line < b.lines; line += 3) {
    std::int64_t row = 0;
    for (; row + 2 <= b.rows; row += 2) add_some_dots<true, T>(b, row, line);
    for (; row < b.rows; ++row) add_some_dots<false, T>(b, row, line);
  }
}

/// 128-bit vectors: SSE2, NEON.
template <class Element>
struct PortableLines {
  using T = Element;
  static void add_lines(const LineSums<T>& b) { add_all_lines<T>(b); }
  static void add_dots(const LineDots<T>& b) { add_all_dots<T>(b); }
};

/// 256-bit vectors with fused multiply-adds.
template <class Element>
struct Avx2Lines {
  using T = Element;
  BREAKEVEN_TARGET_AVX2 static void add_lines(const LineSums<T>& b) { add_all_lines<T>(b); }
  BREAKEVEN_TARGET_AVX2 static void add_dots(const LineDots<T>& b) { add_all_dots<T>(b); }
};

/// 512-bit vectors.
template <class Element>
struct Avx512Lines {
  using T = Element;
  BREAKEVEN_TARGET_AVX512 static void add_lines(const LineSums<T>& b) { add_all_lines<T>(b); }
  BREAKEVEN_TARGET_AVX512 static void add_dots(const LineDots<T>& b) { add_all_dots<T>(b); }
};

}  // namespace breakeven::cpu_conv
