#pragma once

#include "kernels/common/async_copy.h"
#include "kernels/gemm/operand.h"

namespace breakeven::cuda_gemm {

/// Starts copying the tile whose first element is (x0, k0) into shared memory by cp.async: 16 bytes
/// at a time where x runs fastest and the operand's rows allow it, else element by element, with
/// zeros beyond the edges.
template <int threads, class T, int BX, int BK, bool along_k>
__device__ void load_async(SharedTile<T, BX, BK>& tile, const Operand<T, along_k>& operand,
                           std::int64_t x0, std::int64_t k0) {
  constexpr int size = Vector<T>::size;
  if constexpr (!along_k) {
    if (operand.aligned()) {
      using Vectors = TileVectors<T, BX, BK, threads, along_k>;
#pragma unroll
      for (int i = 0; i < Vectors::count; ++i) {
        const Vectors at(static_cast<int>(threadIdx.x), i);
        // Whole or outside: the extent is no multiple of a vector only where rows are not, either.
        const bool inside = operand.run(x0 + at.x, k0 + at.k) >= size;
        copy_async<16>(&tile.element[at.k][at.x],
                       inside ? operand.at(x0 + at.x, k0 + at.k) : operand.data, inside);
      }
      return;
    }
  }
  static_assert(BX * BK % threads == 0, "threads share out a tile's elements evenly");
  constexpr int per_run = along_k ? BK : BX;
#pragma unroll
  for (int i = 0; i < BX * BK / threads; ++i) {
    const int element = i * threads + static_cast<int>(threadIdx.x);
    const int run = element / per_run, start = element % per_run;
    const int x = along_k ? run : start, k = along_k ? start : run;
    const bool inside = operand.run(x0 + x, k0 + k) > 0;
    copy_async<sizeof(T)>(&tile.element[k][x], inside ? operand.at(x0 + x, k0 + k) : operand.data,
                          inside);
  }
}

}  // namespace breakeven::cuda_gemm
