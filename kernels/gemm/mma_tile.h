#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/common/mma.h"
#include "kernels/common/tf32.h"
#include "kernels/gemm/fragment_reader.h"
#include "kernels/gemm/tensor_output.h"

namespace breakeven::cuda_gemm {

/// The part of C that a warp computes by mma, in the registers of its lanes: WM × WN, in patches of
/// 16 × 8. `Shared` holds the block's tiles of both operands, `a` and `b`, BK long.
template <class T, int WM, int WN, class Shared>
class MmaTile {
  static constexpr int patches_m = WM / 16, patches_n = WN / 8;
  static_assert(patches_m * 16 == WM && patches_n % 2 == 0 && patches_n * 8 == WN,
                "a warp's part is made of patches, two of B at a time");

 public:
  static constexpr int steps = Shared::BK * int{sizeof(T)} / 32;

  /// What a step along K takes: the operands of all its mma.
  struct Fragments {
    std::uint32_t a[patches_m][4], b[patches_n][2];
  };

  /// (row, column): of its first element in the block's tile.
  __device__ MmaTile(int row, int column) : row_(row), column_(column), a_(row), b_(column) {}

  __device__ void read(Fragments& to, const Shared& tiles, int step) const {
#pragma unroll
    for (int m = 0; m < patches_m; ++m) a_.read(to.a[m], tiles.a, 16 * m, step);
#pragma unroll
    for (int n = 0; n < patches_n; n += 2) {
      std::uint32_t words[4];
      b_.read(words, tiles.b, 8 * n, step);
#pragma unroll
      for (int i = 0; i < 4; ++i) to.b[n + i / 2][i % 2] = words[i];
    }
  }

  /// Adds the product of a step. f32 is rounded to tf32 only here, when what was read has arrived.
  __device__ void multiply(Fragments& of) {
    if constexpr (std::is_same_v<T, float>) {
      round(of.a);
      round(of.b);
    }
    mma_patches<T>(sums_, of.a, of.b);
  }

  /// Adds the product of the block's tiles.
  __device__ void multiply(const Shared& tiles) {
#pragma unroll
    for (int step = 0; step < steps; ++step) {
      Fragments fragments;
      read(fragments, tiles, step);
      multiply(fragments);
    }
  }

  /// Calls `store(i, j, pair)` for each two sums side by side; (i, j) is the first one's place in
  /// the block's tile.
  template <class Store>
  __device__ void for_each_pair(Store store) const {
    const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
    for (int m = 0; m < patches_m; ++m) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
#pragma unroll
        for (int n = 0; n < patches_n; ++n) {
          store(row_ + 16 * m + 8 * half + lane / 4, column_ + 8 * n + 2 * (lane % 4),
                Pair<MmaSum<T>>{sums_[m][n][2 * half], sums_[m][n][2 * half + 1]});
        }
      }
    }
  }

 private:
  template <int patches, int count>
  static __device__ void round(std::uint32_t (&words)[patches][count]) {
#pragma unroll
    for (auto& patch : words) {
#pragma unroll
      for (std::uint32_t& word : patch) word = round_to_tf32(word);
    }
  }

  int row_, column_;
  FragmentReader<T, decltype(Shared::a), Side::a> a_;
  FragmentReader<T, decltype(Shared::b), Side::b> b_;
  MmaSum<T> sums_[patches_m][patches_n][4] = {};
};

}  // namespace breakeven::cuda_gemm
