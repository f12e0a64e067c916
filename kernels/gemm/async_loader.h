#pragma once

#include "kernels/common/async_copy.h"
#include "kernels/gemm/operand.h"

namespace breakeven::cuda_gemm {

/// Brings the tiles of an operand into shared memory, one after another along k, by cp.async: 16
/// bytes at a time where x runs fastest and the operand's rows allow it, else element by element,
/// with zeros beyond the edges.
template <class T, int BX, int BK, int threads, bool along_k>
class AsyncLoader {
  static constexpr int size = along_k ? 1 : Vector<T>::size;
  using Share = TileShare<T, BX, BK, threads, along_k, size>;

 public:
  /// Begins with the tile whose first element is (x0, k0).
  __device__ AsyncLoader(const Operand<T, along_k>& operand, std::int64_t x0, std::int64_t k0)
      : share_(operand, x0, k0), aligned_(!along_k && operand.aligned()) {}

  /// Starts copying the next tile; `k_left` is what the operand has along k from there on.
  __device__ void start(SharedTile<T, BX, BK>& tile, std::int64_t k_left) {
// Not all at once: the addresses of all pieces would not fit into registers beside the sums.
#pragma unroll 2
    for (int i = 0; i < Share::count; ++i) {
      T* to = &tile.element[Share::k(i)][Share::x(i)];
      const T* from = share_.from(i);
      const int inside = share_.inside(i, k_left);
      if (aligned_) {  // rows that begin at multiples of a vector are as long: it is never cut
        copy_async<size == 1 ? sizeof(T) : 16>(to, from, inside >= size);
      } else {
#pragma unroll
        for (int e = 0; e < size; ++e) copy_async<sizeof(T)>(to + e, from + e, e < inside);
      }
    }
    share_.advance();
  }

 private:
  Share share_;
  bool aligned_;
};

}  // namespace breakeven::cuda_gemm
