#pragma once

#include "kernels/gemm/operand.h"

namespace breakeven::cuda_gemm {

/// Brings the tiles of an operand into shared memory, one after another along k, by way of
/// registers: 16 bytes at a time where the operand's rows allow it, element by element elsewhere,
/// with zeros beyond the edges.
template <class T, int BX, int BK, int threads, bool along_k>
class RegisterLoader {
  static constexpr int size = Vector<T>::size;
  using Share = TileShare<T, BX, BK, threads, along_k, size>;

 public:
  /// Begins with the tile whose first element is (x0, k0).
  __device__ RegisterLoader(const Operand<T, along_k>& operand, std::int64_t x0, std::int64_t k0)
      : share_(operand, x0, k0), aligned_(operand.aligned()) {}

  /// The next tile, from global memory; `k_left` is what the operand has along k from there on.
  __device__ void load(std::int64_t k_left) {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      const T* from = share_.from(i);
      const int inside = share_.inside(i, k_left);
      if (aligned_ && inside >= size) {
        held_[i] = *reinterpret_cast<const Vector<T>*>(from);
      } else {
#pragma unroll
        for (int e = 0; e < size; ++e) held_[i].element[e] = e < inside ? from[e] : T{0};
      }
    }
    share_.advance();
  }

  /// What was loaded, to shared memory.
  __device__ void store(SharedTile<T, BX, BK>& tile) const {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      const int x = Share::x(i), k = Share::k(i);
      if constexpr (along_k) {
#pragma unroll
        for (int e = 0; e < size; ++e) tile.element[k + e][x] = held_[i].element[e];
      } else {
        *reinterpret_cast<Vector<T>*>(&tile.element[k][x]) = held_[i];
      }
    }
  }

 private:
  Share share_;
  bool aligned_;
  Vector<T> held_[Share::count];
};

}  // namespace breakeven::cuda_gemm
