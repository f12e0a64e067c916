#pragma once

#include <cstdint>

#include "cpu_reference/common/simd.h"

/// The transforms of F(2×2, 3×3) (operations/conv/winograd.h), each for one channel and a line of
/// tiles (or filters) side by side, which vectors run along. Points are the 4×4 elements of a
/// transformed tile, row by row, `point` elements apart.
namespace breakeven::cpu_conv {

/// V = Bᵀ d B. `x` is four rows of the image, of each the even columns and then the odd ones, all
/// `line` elements apart: tiles overlap by two columns, so that tile i has even columns i and i + 1
/// and odd columns i and i + 1.
BREAKEVEN_ALWAYS_INLINE void transform_image(std::int64_t tiles, const float* x, std::int64_t line,
                                             float* v, std::int64_t point) {
#pragma omp simd
  for (std::int64_t i = 0; i < tiles; ++i) {
    float rows[4][4];  // Bᵀ d: along H
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const float* column = x + j % 2 * line + j / 2 + i;
      const float d0 = column[0], d1 = column[2 * line], d2 = column[4 * line],
                  d3 = column[6 * line];
      rows[0][j] = d0 - d2;
      rows[1][j] = d1 + d2;
      rows[2][j] = d2 - d1;
      rows[3][j] = d1 - d3;
    }
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
      float* to = v + point * 4 * r + i;
      to[0] = rows[r][0] - rows[r][2];
      to[point] = rows[r][1] + rows[r][2];
      to[2 * point] = rows[r][2] - rows[r][1];
      to[3 * point] = rows[r][1] - rows[r][3];
    }
  }
}

/// U = G g Gᵀ. `g` is (9, filters).
BREAKEVEN_ALWAYS_INLINE void transform_filters(std::int64_t filters, const float* g, float* u,
                                               std::int64_t point) {
#pragma omp simd
  for (std::int64_t i = 0; i < filters; ++i) {
    float rows[4][3];  // G g: along R
#pragma GCC unroll 3
    for (int s = 0; s < 3; ++s) {
      const float g0 = g[s * filters + i], g1 = g[(3 + s) * filters + i],
                  g2 = g[(6 + s) * filters + i];
      rows[0][s] = g0;
      rows[1][s] = 0.5F * ((g0 + g2) + g1);
      rows[2][s] = 0.5F * ((g0 + g2) - g1);
      rows[3][s] = g2;
    }
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
      float* to = u + point * 4 * r + i;
      to[0] = rows[r][0];
      to[point] = 0.5F * ((rows[r][0] + rows[r][2]) + rows[r][1]);
      to[2 * point] = 0.5F * ((rows[r][0] + rows[r][2]) - rows[r][1]);
      to[3 * point] = rows[r][2];
    }
  }
}

/// y = Aᵀ M A. `y` is (2, 2, tiles).
BREAKEVEN_ALWAYS_INLINE void transform_sums(std::int64_t tiles, const float* m, std::int64_t point,
                                            float* y) {
#pragma omp simd
  for (std::int64_t i = 0; i < tiles; ++i) {
    float rows[2][4];  // Aᵀ M: along P
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const float* column = m + j * point + i;
      const float m0 = column[0], m1 = column[4 * point], m2 = column[8 * point],
                  m3 = column[12 * point];
      rows[0][j] = m0 + m1 + m2;
      rows[1][j] = m1 - m2 - m3;
    }
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
      y[tiles * 2 * r + i] = rows[r][0] + rows[r][1] + rows[r][2];
      y[tiles * (2 * r + 1) + i] = rows[r][1] - rows[r][2] - rows[r][3];
    }
  }
}

/// 128-bit vectors: SSE2, NEON.
struct PortableWinograd {
  static void image(std::int64_t tiles, const float* x, std::int64_t line, float* v,
                    std::int64_t point) {
    transform_image(tiles, x, line, v, point);
  }
  static void filters(std::int64_t count, const float* g, float* u, std::int64_t point) {
    transform_filters(count, g, u, point);
  }
  static void sums(std::int64_t tiles, const float* m, std::int64_t point, float* y) {
    transform_sums(tiles, m, point, y);
  }
};

/// 256-bit vectors.
struct Avx2Winograd {
  BREAKEVEN_TARGET_AVX2 static void image(std::int64_t tiles, const float* x, std::int64_t line,
                                          float* v, std::int64_t point) {
    transform_image(tiles, x, line, v, point);
  }
  BREAKEVEN_TARGET_AVX2 static void filters(std::int64_t count, const float* g, float* u,
                                            std::int64_t point) {
    transform_filters(count, g, u, point);
  }
  BREAKEVEN_TARGET_AVX2 static void sums(std::int64_t tiles, const float* m, std::int64_t point,
                                         float* y) {
    transform_sums(tiles, m, point, y);
  }
};

/// 512-bit vectors.
struct Avx512Winograd {
  BREAKEVEN_TARGET_AVX512 static void image(std::int64_t tiles, const float* x, std::int64_t line,
                                            float* v, std::int64_t point) {
    transform_image(tiles, x, line, v, point);
  }
  BREAKEVEN_TARGET_AVX512 static void filters(std::int64_t count, const float* g, float* u,
                                              std::int64_t point) {
    transform_filters(count, g, u, point);
  }
  BREAKEVEN_TARGET_AVX512 static void sums(std::int64_t tiles, const float* m, std::int64_t point,
                                           float* y) {
    transform_sums(tiles, m, point, y);
  }
};

}  // namespace breakeven::cpu_conv
