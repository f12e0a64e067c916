#pragma once

#include <cstdint>

#include "kernels/common/async_copy.h"
#include "kernels/gemm/operand.h"

namespace breakeven::cuda_gemm {

/// How the chunks of a run lie in a tile in shared memory.
enum class ChunkOrder { plain, swizzled };

/// A tile of an operand in shared memory, run after run as in global memory, in chunks of 16 bytes.
///
/// Swizzled, the chunks of a run are exchanged among each other by a number that differs between
/// runs, so that the chunks which ldmatrix reads at once, one of each of eight neighbouring runs,
/// lie in different banks, and so do the elements of 32 bits that are read one by one. Nothing
/// is lost for that, as it would be with longer runs.
template <class T, int BX, int BK, bool along_k, ChunkOrder order>
struct alignas(128) ChunkTile {
  static constexpr bool k_fastest = along_k;
  static constexpr int per_chunk = 16 / sizeof(T);
  static constexpr int runs = along_k ? BX : BK, length = along_k ? BK : BX;
  static constexpr int chunks = length / per_chunk;  // of a run
  static_assert((chunks & (chunks - 1)) == 0, "chunks are exchanged within powers of two");

  unsigned char bytes[runs][chunks * 16];

  /// By what the number of a chunk is changed (XOR) in that run. Runs 8 apart have the same.
  static __device__ int turn(int run) {
    constexpr int runs_per_line = chunks < 8 ? 8 / chunks : 1;  // all banks are 128 bytes long
    if constexpr (order == ChunkOrder::plain) return 0;
    // A warp reads two chunks each of four runs.
    if constexpr (!along_k && sizeof(T) == 4) return 2 * run % 8;
    return run / runs_per_line % (chunks < 8 ? chunks : 8);
  }

  /// The chunk that begins with element (x, k).
  __device__ uint4* chunk(int x, int k) {
    const int run = along_k ? x : k, number = (along_k ? k : x) / per_chunk;
    return reinterpret_cast<uint4*>(bytes[run] + (number ^ turn(run)) * 16);
  }
};

/// Brings the tiles of an operand into shared memory, one after another along k, by way of
/// registers, with zeros beyond the edges. All runs are made of whole chunks (whole_chunks).
template <class T, int BX, int BK, int threads, bool along_k>
class ChunkLoader {
  using Share = TileShare<T, BX, BK, threads, along_k, Vector<T>::size>;

 public:
  /// Begins with the tile whose first element is (x0, k0).
  __device__ ChunkLoader(const Operand<T, along_k>& operand, std::int64_t x0, std::int64_t k0)
      : share_(operand, x0, k0) {}

  /// The next tile, from global memory; `k_left` is what the operand has along k from there on.
  __device__ void load(std::int64_t k_left) {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      held_[i] = {};
      if (share_.inside(i, k_left) > 0) {
        held_[i] = *reinterpret_cast<const uint4*>(share_.from(i));
      }
    }
    share_.advance();
  }

  /// What was loaded, to shared memory.
  template <class Tile>
  __device__ void store(Tile& tile) const {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      *tile.chunk(Share::x(i), Share::k(i)) = held_[i];
    }
  }

 private:
  Share share_;
  uint4 held_[Share::count];  // not elements, which would be kept apart
};

/// The same by cp.async, which needs no registers.
template <class T, int BX, int BK, int threads, bool along_k>
class AsyncChunkLoader {
  using Share = TileShare<T, BX, BK, threads, along_k, Vector<T>::size>;

 public:
  /// Begins with the tile whose first element is (x0, k0).
  __device__ AsyncChunkLoader(const Operand<T, along_k>& operand, std::int64_t x0, std::int64_t k0)
      : share_(operand, x0, k0) {}

  /// Starts copying the next tile; `k_left` is what the operand has along k from there on.
  template <class Tile>
  __device__ void start(Tile& tile, std::int64_t k_left) {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      copy_async<16>(tile.chunk(Share::x(i), Share::k(i)), share_.from(i),
                     share_.inside(i, k_left) > 0);
    }
    share_.advance();
  }

 private:
  Share share_;
};

}  // namespace breakeven::cuda_gemm
