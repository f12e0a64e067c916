#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cstdint>
#include <cstring>

#include "cpu_reference/common/simd.h"
#include "cpu_reference/gemm/register_tile.h"

/// Register tiles whose instructions sum the products of a group of neighbours along K in each
/// lane: two bf16 into one f32, four bytes into one s32. Panels hold the groups together.
namespace breakeven::cpu_gemm {

#if defined(__x86_64__)

/// The first group of a row of A's panel in every lane.
BREAKEVEN_TARGET_AVX512 inline __m512i broadcast_group(const void* group) {
  std::int32_t bits;
  std::memcpy(&bits, group, sizeof bits);
  return _mm512_set1_epi32(bits);
}

/// vdpbf16ps: 32 products of bf16 into 16 sums in f32. It takes subnormal numbers for zero.
struct Avx512Bf16Tile {
  using Types = GemmTypes<Bf16, Bf16, Bf16, float>;
  using PackedA = Bf16;
  using PackedB = Bf16;
  static constexpr std::int64_t rows = 14, columns = 32;
  static constexpr int a_group = 2, b_group = 2;

  BREAKEVEN_TARGET_AVX512_BF16 static void multiply(std::int64_t depth, const Bf16* a,
                                                    const Bf16* b, const TileOutput<float>& out) {
    __m512 sums[rows][2];
#pragma GCC unroll 14
    for (std::int64_t row = 0; row < rows; ++row) sums[row][0] = sums[row][1] = _mm512_setzero_ps();
    for (std::int64_t k = 0; k < depth; k += 2, a += rows * 2, b += columns * 2) {
      const auto b0 = (__m512bh)_mm512_load_si512(b), b1 = (__m512bh)_mm512_load_si512(b + 32);
#pragma GCC unroll 14
      for (std::int64_t row = 0; row < rows; ++row) {
        const auto a_row = (__m512bh)broadcast_group(a + row * 2);
        sums[row][0] = _mm512_dpbf16_ps(sums[row][0], a_row, b0);
        sums[row][1] = _mm512_dpbf16_ps(sums[row][1], a_row, b1);
      }
    }
    // Only ever into a buffer of sums: C is written by `finish`.
#pragma GCC unroll 14
    for (std::int64_t row = 0; row < rows; ++row) {
      _mm512_storeu_ps(out.c + row * out.ldc, sums[row][0]);
      _mm512_storeu_ps(out.c + row * out.ldc + 16, sums[row][1]);
    }
  }

  /// c = alpha·(sums + earlier sums) + beta·c, rounded to nearest. Rows of `sums` are as long as
  /// the tile's, those of `earlier` (null: none) as long as C's.
  BREAKEVEN_TARGET_AVX512_BF16 static void finish(const float* sums, const float* earlier,
                                                  std::int64_t row_count, std::int64_t column_count,
                                                  const TileOutput<float, Bf16>& out) {
    const __m512 alpha = _mm512_set1_ps(out.alpha), beta = _mm512_set1_ps(out.beta);
    for (std::int64_t i = 0; i < row_count; ++i) {
      for (std::int64_t j = 0; j < column_count; j += 16) {
        const std::int64_t left = column_count - j;
        const auto mask = static_cast<__mmask16>(left < 16 ? (1u << left) - 1 : 0xffffu);
        __m512 sum = _mm512_maskz_loadu_ps(mask, sums + i * columns + j);
        if (earlier) {
          sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, earlier + i * out.ldc + j));
        }
        sum = _mm512_mul_ps(alpha, sum);
        Bf16* c = out.c + i * out.ldc + j;
        if (out.beta != 0) {
          // A bf16 is the upper half of an f32. (GCC 12 warns of its own intrinsics for these.)
          using Halves [[gnu::vector_size(32)]] = std::uint16_t;
          using Words [[gnu::vector_size(64)]] = std::uint32_t;
          const auto halves = (Halves)_mm256_maskz_loadu_epi16(mask, c);
          const Words words = __builtin_convertvector(halves, Words) << 16;
          sum = _mm512_fmadd_ps(beta, (__m512)words, sum);
        }
        _mm256_mask_storeu_epi16(c, mask, (__m256i)_mm512_cvtneps_pbh(sum));
      }
    }
  }
};

/// vpdpbusd: 64 products of unsigned with signed bytes into 16 sums in s32, without saturation. A
/// is packed with 128 added, so that each sum comes out 128 times the sum of B's column too large;
/// one more row of A, of nothing but 128, sums just that.
struct Avx512VnniTile {
  using Types = GemmTypes<std::int8_t, std::int8_t, std::int32_t, std::int32_t>;
  using PackedA = std::uint8_t;
  using PackedB = std::int8_t;
  static constexpr std::int64_t rows = 12, columns = 32;
  static constexpr int a_group = 4, b_group = 4;

  BREAKEVEN_TARGET_AVX512_VNNI static void multiply(std::int64_t depth, const std::uint8_t* a,
                                                    const std::int8_t* b,
                                                    const TileOutput<std::int32_t>& out) {
    using Ints [[gnu::vector_size(64)]] = std::int32_t;
    Ints sums[rows][2] = {}, too_much[2] = {};
    const __m512i all_128 = _mm512_set1_epi32(static_cast<std::int32_t>(0x80808080u));
    for (std::int64_t k = 0; k < depth; k += 4, a += rows * 4, b += columns * 4) {
      const __m512i b0 = _mm512_load_si512(b), b1 = _mm512_load_si512(b + 64);
      too_much[0] = (Ints)_mm512_dpbusd_epi32((__m512i)too_much[0], all_128, b0);
      too_much[1] = (Ints)_mm512_dpbusd_epi32((__m512i)too_much[1], all_128, b1);
#pragma GCC unroll 12
      for (std::int64_t row = 0; row < rows; ++row) {
        const __m512i a_row = broadcast_group(a + row * 4);
        sums[row][0] = (Ints)_mm512_dpbusd_epi32((__m512i)sums[row][0], a_row, b0);
        sums[row][1] = (Ints)_mm512_dpbusd_epi32((__m512i)sums[row][1], a_row, b1);
      }
    }
#pragma GCC unroll 12
    for (std::int64_t row = 0; row < rows; ++row) {
#pragma GCC unroll 2
      for (int v = 0; v < 2; ++v) {
        auto& c = reinterpret_cast<Unaligned<std::int32_t, 64>::Vector*>(out.c + row * out.ldc)[v];
        const Ints sum = out.alpha * (sums[row][v] - too_much[v]);
        c = out.beta == 0 ? sum : sum + out.beta * c;
      }
    }
  }
};

#endif

}  // namespace breakeven::cpu_gemm
