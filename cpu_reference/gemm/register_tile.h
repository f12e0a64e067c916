#pragma once

#include <cstdint>

#include "cpu_reference/common/simd.h"
#include "operations/gemm/types.h"

/// The innermost product of a packed GEMM: a tile of C whose sums stay in registers while it walks
/// along K, one panel of A (K, rows) against one panel of B (K, columns). In each step every row
/// multiplies a scalar of A with the vectors of B's row: with R rows and V vectors of columns that
/// is R·V multiply-adds for R + V loads, and the R·V sums are enough independent chains to hide the
/// latency of a multiply-add. Each kernel's tile is what its number of registers allows (16, 16 and
/// 32), less the vectors of B.
///
/// The kernels differ in nothing but the vector's width, the tile and the target. They cannot share
/// a body: see simd.h.
namespace breakeven::cpu_gemm {

/// Where a tile's sums go: c = alpha·sums + beta·c, C not read where beta is 0.
template <class Sum, class C = Sum>
struct TileOutput {
  C* c;              // (rows, columns) of the tile
  std::int64_t ldc;  // elements from one row to the next
  Sum alpha, beta;
};

/// A vector of `T` in memory at any address.
template <class T, int bytes>
struct Unaligned {
  using Vector [[gnu::vector_size(bytes), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
};

/// What the kernels of one element type have in common: elements are packed as they are, one by one
/// along K.
template <class T, int tile_rows, int tile_columns>
struct RegisterTile {
  using Types = GemmTypes<T, T, T, T>;
  using PackedA = T;
  using PackedB = T;
  static constexpr int rows = tile_rows, columns = tile_columns;
  static constexpr int a_group = 1, b_group = 1;
};

/// 128-bit vectors: SSE2, NEON.
template <class T>
struct PortableTile : RegisterTile<T, 4, 32 / sizeof(T)> {
  static void multiply(std::int64_t depth, const T* a, const T* b, const TileOutput<T>& out) {
    using Vector [[gnu::vector_size(16)]] = T;
    constexpr int rows = 4, lanes = 16 / sizeof(T);
    Vector sums[rows][2] = {};
    for (std::int64_t k = 0; k < depth; ++k, a += rows, b += 2 * lanes) {
      const Vector b0 = reinterpret_cast<const Vector*>(b)[0];
      const Vector b1 = reinterpret_cast<const Vector*>(b)[1];
#pragma GCC unroll 4
      for (int row = 0; row < rows; ++row) {
        sums[row][0] += a[row] * b0;
        sums[row][1] += a[row] * b1;
      }
    }
#pragma GCC unroll 4
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 2
      for (int v = 0; v < 2; ++v) {
        auto& c = reinterpret_cast<typename Unaligned<T, 16>::Vector*>(out.c + row * out.ldc)[v];
        c = out.beta == 0 ? out.alpha * sums[row][v] : out.alpha * sums[row][v] + out.beta * c;
      }
    }
  }
};

/// 256-bit vectors with fused multiply-adds.
template <class T>
struct Avx2Tile : RegisterTile<T, 6, 64 / sizeof(T)> {
  BREAKEVEN_TARGET_AVX2 static void multiply(std::int64_t depth, const T* a, const T* b,
                                             const TileOutput<T>& out) {
    using Vector [[gnu::vector_size(32)]] = T;
    constexpr int rows = 6, lanes = 32 / sizeof(T);
    Vector sums[rows][2] = {};
    for (std::int64_t k = 0; k < depth; ++k, a += rows, b += 2 * lanes) {
      const Vector b0 = reinterpret_cast<const Vector*>(b)[0];
      const Vector b1 = reinterpret_cast<const Vector*>(b)[1];
#pragma GCC unroll 6
      for (int row = 0; row < rows; ++row) {
        sums[row][0] += a[row] * b0;
        sums[row][1] += a[row] * b1;
      }
    }
#pragma GCC unroll 6
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 2
      for (int v = 0; v < 2; ++v) {
        auto& c = reinterpret_cast<typename Unaligned<T, 32>::Vector*>(out.c + row * out.ldc)[v];
        c = out.beta == 0 ? out.alpha * sums[row][v] : out.alpha * sums[row][v] + out.beta * c;
      }
    }
  }
};

/// 512-bit vectors and twice as many registers.
template <class T>
struct Avx512Tile : RegisterTile<T, 14, 128 / sizeof(T)> {
  BREAKEVEN_TARGET_AVX512 static void multiply(std::int64_t depth, const T* a, const T* b,
                                               const TileOutput<T>& out) {
    using Vector [[gnu::vector_size(64)]] = T;
    constexpr int rows = 14, lanes = 64 / sizeof(T);
    Vector sums[rows][2] = {};
    for (std::int64_t k = 0; k < depth; ++k, a += rows, b += 2 * lanes) {
      const Vector b0 = reinterpret_cast<const Vector*>(b)[0];
      const Vector b1 = reinterpret_cast<const Vector*>(b)[1];
#pragma GCC unroll 14
      for (int row = 0; row < rows; ++row) {
        sums[row][0] += a[row] * b0;
        sums[row][1] += a[row] * b1;
      }
    }
#pragma GCC unroll 14
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 2
      for (int v = 0; v < 2; ++v) {
        auto& c = reinterpret_cast<typename Unaligned<T, 64>::Vector*>(out.c + row * out.ldc)[v];
        c = out.beta == 0 ? out.alpha * sums[row][v] : out.alpha * sums[row][v] + out.beta * c;
      }
    }
  }
};

}  // namespace breakeven::cpu_gemm
