// Which banks of shared memory a warp meets in when it reads a tile for tensor cores: what decides
// about time on a GPU, and shows in no result.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernels/gemm/tensor_tile.h"
#include "operations/small_float.h"

namespace breakeven::cuda_gemm {
namespace {

/// In how many of the 128 bytes that all banks are wide a warp reads, from one chunk each of eight
/// runs, which ldmatrix reads at once.
template <class T, int BX, int BK, bool along_k, ChunkOrder order>
std::size_t places_of_eight_runs(int run, int number) {
  using Tile = ChunkTile<T, BX, BK, along_k, order>;
  static Tile tile;
  std::set<std::ptrdiff_t> places;
  for (int i = run; i < run + 8; ++i) {
    const int x = along_k ? i : number * Tile::per_chunk,
              k = along_k ? number * Tile::per_chunk : i;
    const auto* chunk = reinterpret_cast<const unsigned char*>(tile.chunk(x, k));
    places.insert((chunk - &tile.bytes[0][0]) % 128);
  }
  return places.size();
}

template <class T, bool along_k, ChunkOrder order>
std::size_t fewest_places() {
  constexpr int BX = 128, BK = 64 / sizeof(T);
  using Tile = ChunkTile<T, BX, BK, along_k, order>;
  std::size_t fewest = 8;
  for (int run = 0; run < Tile::runs; run += 8) {
    for (int chunk = 0; chunk < Tile::chunks; ++chunk) {
      fewest = std::min(fewest, places_of_eight_runs<T, BX, BK, along_k, order>(run, chunk));
    }
  }
  return fewest;
}

TEST(ChunkTile, SwizzledHasNoTwoChunksOfAMatrixInOneBank) {
  constexpr auto order = ChunkOrder::swizzled;
  EXPECT_EQ((fewest_places<Bf16, true, order>()), 8u);
  EXPECT_EQ((fewest_places<Bf16, false, order>()), 8u);
  EXPECT_EQ((fewest_places<float, true, order>()), 8u);
  EXPECT_EQ((fewest_places<std::int8_t, true, order>()), 8u);
}

TEST(ChunkTile, PlainHasFourOfThemInOneOrAll) {
  constexpr auto order = ChunkOrder::plain;
  EXPECT_EQ((fewest_places<Bf16, true, order>()), 2u);
  EXPECT_EQ((fewest_places<Bf16, false, order>()), 1u);
}

TEST(ChunkTile, SwizzledHasNoTwoWordsOfAWarpInOneBank) {
  using Tile = ChunkTile<float, 128, 16, false, ChunkOrder::swizzled>;
  static Tile tile;
  for (int x0 = 0; x0 < 128; x0 += 8) {
    for (int k0 = 0; k0 < 16; k0 += 4) {
      std::set<std::ptrdiff_t> banks;
      for (int lane = 0; lane < 32; ++lane) {  // as FragmentReader reads
        const int x = x0 + lane / 4, k = k0 + lane % 4;
        const auto* word = reinterpret_cast<const unsigned*>(tile.chunk(x, k)) + x % 4;
        banks.insert((reinterpret_cast<const unsigned char*>(word) - &tile.bytes[0][0]) / 4 % 32);
      }
      EXPECT_EQ(banks.size(), 32u) << x0 << " " << k0;
    }
  }
}

}  // namespace
}  // namespace breakeven::cuda_gemm
