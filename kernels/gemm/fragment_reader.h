#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/common/load_matrix.h"
#include "kernels/gemm/tensor_tile.h"

namespace breakeven::cuda_gemm {

enum class Side { a, b };

/// Reads an operand of mma out of a tile: 16 rows or columns of it (x) by 32 bytes of K, as four
/// words of a lane. Of A they are one operand, the second word being 8 rows further down; of B two
/// of 8 columns and two words each, the second of them further along K.
///
/// Where k runs fastest, this is what ldmatrix gives. Where x does, it has to transpose, which it
/// does with 16 bits; elements of 32 bits are words already and are read as such.
template <class T, class Tile, Side side>
class FragmentReader {
  static constexpr int per_chunk = Tile::per_chunk;
  static constexpr bool by_words = !Tile::k_fastest && sizeof(T) == 4;
  static_assert(Tile::k_fastest || sizeof(T) >= 2, "ldmatrix cannot transpose bytes");

 public:
  static constexpr int K = 32 / sizeof(T);  // of a step

  /// For a warp whose part of the tile begins at x = `x0`, a multiple of the part's extent.
  __device__ explicit FragmentReader(int x0) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int x = x0 + 8 * x_half(lane / 8), k = k_half(lane / 8) * K / 2;
    int run, chunk, in_chunk = 0;
    if constexpr (by_words) {
      run = lane % 4;
      chunk = (x0 + lane / 4) / per_chunk;
      in_chunk = lane / 4 % per_chunk;
    } else {
      run = (Tile::k_fastest ? x : k) + lane % 8;
      chunk = (Tile::k_fastest ? k : x) / per_chunk;
    }
    offset_ = run * Tile::chunks * 16 + in_chunk * static_cast<int>(sizeof(T));
    chunk_ = chunk ^ Tile::turn(run);
  }

  /// The words of the 16 rows or columns that begin at x0 + x, of step `step` of the tile.
  __device__ void read(std::uint32_t (&words)[4], const Tile& tile, int x, int step) const {
    if constexpr (by_words) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int run = step * K + 4 * k_half(i), chunk = (x + 8 * x_half(i)) / per_chunk;
        memcpy(&words[i], element(tile, run, chunk), sizeof(words[i]));
      }
    } else {
      const int run = Tile::k_fastest ? x : step * K;
      const int chunk = (Tile::k_fastest ? step * K : x) / per_chunk;
      load_matrices<4, !Tile::k_fastest>(words, element(tile, run, chunk));
    }
  }

 private:
  static constexpr __device__ int x_half(int word) { return side == Side::a ? word % 2 : word / 2; }
  static constexpr __device__ int k_half(int word) { return side == Side::a ? word / 2 : word % 2; }

  /// What lies `run` runs, a multiple of 4 or 8, and `chunk` chunks, which have no bit in common
  /// with the lane's, beyond where the lane begins.
  __device__ const T* element(const Tile& tile, int run, int chunk) const {
    return reinterpret_cast<const T*>(tile.bytes[run] + offset_ + (chunk_ ^ chunk) * 16);
  }

  int offset_, chunk_;
};

}  // namespace breakeven::cuda_gemm
