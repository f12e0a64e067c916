#pragma once

#include "cpu_reference/gemm/low_precision_tile.h"

namespace breakeven::cpu_gemm {

#if defined(__x86_64__)

/// tdpbf16ps: a tile register of 16 rows of A times one of 16 columns of B, 32 deep, into one of 16
/// × 16 sums in f32. Two by two of them: four products for four loads. A is packed 32 deep, a
/// register's row; B in pairs along K, as the instruction wants them.
struct AmxBf16Tile {
  using Types = GemmTypes<Bf16, Bf16, Bf16, float>;
  using PackedA = Bf16;
  using PackedB = Bf16;
  static constexpr std::int64_t rows = 32, columns = 32;
  static constexpr int a_group = 32, b_group = 2;

  /// Of all eight registers: 16 rows of 64 bytes.
  struct alignas(64) Configuration {
    std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  };
  static_assert(sizeof(Configuration) == 64);

  BREAKEVEN_TARGET_AMX_BF16 static void multiply(std::int64_t depth, const Bf16* a, const Bf16* b,
                                                 const TileOutput<float>& out) {
    static constexpr Configuration configuration;
    _tile_loadconfig(&configuration);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (std::int64_t k = 0; k < depth; k += 32, a += 32 * rows, b += 32 * columns) {
      _tile_loadd(4, a, 64);        // (16 rows, 32)
      _tile_loadd(5, a + 512, 64);  // the next 16 rows
      _tile_loadd(6, b, 128);       // (16 pairs, 16 columns, 2) of 32 columns
      _tile_loadd(7, b + 32, 128);  // the next 16 columns
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
    const auto row_bytes = static_cast<std::size_t>(out.ldc) * sizeof(float);
    _tile_stored(0, out.c, row_bytes);
    _tile_stored(1, out.c + 16, row_bytes);
    _tile_stored(2, out.c + 16 * out.ldc, row_bytes);
    _tile_stored(3, out.c + 16 * out.ldc + 16, row_bytes);
    _tile_release();
  }

  /// As Avx512Bf16Tile's: a CPU with AMX has those instructions too.
  static void finish(const float* sums, const float* earlier, std::int64_t row_count,
                     std::int64_t column_count, const TileOutput<float, Bf16>& out) {
    static_assert(columns == Avx512Bf16Tile::columns);  // the length of a row of sums
    Avx512Bf16Tile::finish(sums, earlier, row_count, column_count, out);
  }
};

#endif

}  // namespace breakeven::cpu_gemm
