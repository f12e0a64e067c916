#pragma once

#include "kernels/gemm/operand.h"

namespace breakeven::cuda_gemm {

/// Brings tiles of an operand into shared memory by way of registers, 16 bytes at a time where the
/// operand's rows allow it, element by element elsewhere, with zeros beyond the edges.
template <class T, int BX, int BK, int threads, bool along_k>
class RegisterLoader {
  using Vectors = TileVectors<T, BX, BK, threads, along_k>;

 public:
  /// From global memory: the tile whose first element is (x0, k0).
  __device__ void load(const Operand<T, along_k>& operand, std::int64_t x0, std::int64_t k0) {
    const bool aligned = operand.aligned();
#pragma unroll
    for (int i = 0; i < Vectors::count; ++i) {
      const Vectors at(static_cast<int>(threadIdx.x), i);
      const T* from = operand.at(x0 + at.x, k0 + at.k);
      const std::int64_t run = operand.run(x0 + at.x, k0 + at.k);
      if (aligned && run >= Vectors::size) {
        held_[i] = *reinterpret_cast<const Vector<T>*>(from);
      } else {
#pragma unroll
        for (int e = 0; e < Vectors::size; ++e) held_[i].element[e] = e < run ? from[e] : T{0};
      }
    }
  }

  /// What was loaded, to shared memory.
  __device__ void store(SharedTile<T, BX, BK>& tile) const {
#pragma unroll
    for (int i = 0; i < Vectors::count; ++i) {
      const Vectors at(static_cast<int>(threadIdx.x), i);
      if constexpr (along_k) {
#pragma unroll
        for (int e = 0; e < Vectors::size; ++e) tile.element[at.k + e][at.x] = held_[i].element[e];
      } else {
        *reinterpret_cast<Vector<T>*>(&tile.element[at.k][at.x]) = held_[i];
      }
    }
  }

 private:
  Vector<T> held_[Vectors::count];
};

}  // namespace breakeven::cuda_gemm
