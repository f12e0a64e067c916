#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/common/tf32.h"
#include "kernels/common/wmma.h"
#include "kernels/gemm/tensor_output.h"

namespace breakeven::cuda_gemm {

/// What wmma multiplies at once: 16 × 16 of C, and this much of K.
template <class T>
inline constexpr int wmma_k = std::is_same_v<T, float> ? 8 : 16;

/// A tile of an operand in shared memory, matrix after matrix as wmma loads them. Each begins at a
/// multiple of 32 bytes, which wmma asks for, whatever the type and the layout.
template <class T, int BX, int BK, bool along_k>
struct WmmaTile {
  static constexpr int K = wmma_k<T>;
  static constexpr int stride = along_k ? K : 16;  // of a matrix, in elements
  static_assert(stride * sizeof(T) % 16 == 0, "wmma loads rows of whole chunks of 16 bytes");

  alignas(32) unsigned char bytes[BX / 16][BK / K][16 * K * sizeof(T)];

  /// The matrix that begins with element (x, k).
  __device__ const T* matrix(int x, int k) const {
    return reinterpret_cast<const T*>(bytes[x / 16][k / K]);
  }
  /// The chunk of 16 bytes that begins with element (x, k).
  __device__ uint4* chunk(int x, int k) {
    const int element = along_k ? x % 16 * stride + k % K : k % K * stride + x % 16;
    return reinterpret_cast<uint4*>(bytes[x / 16][k / K] + element * sizeof(T));
  }
};

/// The part of C that a warp computes by wmma: WM × WN. `Shared` holds the block's tiles of both
/// operands, `a` and `b`, BK long, and how k runs in them.
template <class T, int WM, int WN, class Shared>
class WmmaWarp {
  static constexpr int K = wmma_k<T>, patches_m = WM / 16, patches_n = WN / 16;
  using Sum = MmaSum<T>;
  using Operand = std::conditional_t<std::is_same_v<T, float>, wmma::precision::tf32, T>;
  template <bool by_rows>
  using Layout = std::conditional_t<by_rows, wmma::row_major, wmma::col_major>;
  using PartA = wmma::fragment<wmma::matrix_a, 16, 16, K, Operand, Layout<Shared::a_along_k>>;
  using PartB = wmma::fragment<wmma::matrix_b, 16, 16, K, Operand, Layout<!Shared::b_along_k>>;
  using PartC = wmma::fragment<wmma::accumulator, 16, 16, K, Sum>;

 public:
  /// (row, column): of its first element in the block's tile.
  __device__ WmmaWarp(int row, int column) : row_(row), column_(column) {
#pragma unroll
    for (auto& row_of_sums : sums_) {
#pragma unroll
      for (auto& patch : row_of_sums) wmma::fill_fragment(patch, Sum{0});
    }
  }

  /// Adds the product of the block's tiles.
  __device__ void multiply(const Shared& tiles) {
#pragma unroll 1
    for (int k = 0; k < Shared::BK; k += K) {
      PartB b[patches_n];
#pragma unroll
      for (int n = 0; n < patches_n; ++n) load(b[n], tiles.b, column_ + 16 * n, k);
#pragma unroll
      for (int m = 0; m < patches_m; ++m) {
        PartA a;
        load(a, tiles.a, row_ + 16 * m, k);
#pragma unroll
        for (int n = 0; n < patches_n; ++n) {
          wmma::mma_sync(sums_[m][n], a, b[n], sums_[m][n]);
        }
      }
    }
  }

  /// Calls `store(i, j, pair)` for each two sums side by side; (i, j) is the first one's place in
  /// the block's tile. By way of `staging`, the warp's own in
  /// shared memory.
  template <class Store>
  __device__ void for_each_pair(Sum (&staging)[16][16], Store store) const {
    const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
    for (int m = 0; m < patches_m; ++m) {
#pragma unroll
      for (int n = 0; n < patches_n; ++n) {
        wmma::store_matrix_sync(staging[0], sums_[m][n], 16, wmma::mem_row_major);
        __syncwarp();
#pragma unroll
        for (int i = lane / 8; i < 16; i += 4) {
          const int j = 2 * (lane % 8);
          store(row_ + 16 * m + i, column_ + 16 * n + j,
                *reinterpret_cast<const Pair<Sum>*>(&staging[i][j]));
        }
        __syncwarp();
      }
    }
  }

 private:
  template <class Part, class Tile>
  static __device__ void load(Part& part, const Tile& tile, int x, int k) {
    wmma::load_matrix_sync(part, tile.matrix(x, k), Tile::stride);
    if constexpr (std::is_same_v<T, float>) {
#pragma unroll
      for (int i = 0; i < Part::num_elements; ++i) part.x[i] = round_to_tf32(part.x[i]);
    }
  }

  int row_, column_;
  PartC sums_[patches_m][patches_n];
};

}  // namespace breakeven::cuda_gemm
