#pragma once

#include <cstdint>

#include "kernels/gemm/arguments.h"

namespace breakeven::cuda_gemm {

/// 16 bytes of elements: what one instruction moves between memory and registers.
template <class T>
struct alignas(16) Vector {
  static constexpr int size = 16 / sizeof(T);
  T element[size];
};

/// One matrix of a batch as tiles see it: element (x, k), where x counts rows of op(A) or columns
/// of op(B). In memory k runs fastest (`along_k`: A not transposed, B transposed), or x does.
template <class T, bool along_k>
struct Operand {
  const T* data;
  std::int64_t extent_x, extent_k;
  std::int64_t stride;  // from a run of memory to the next

  __device__ const T* at(std::int64_t x, std::int64_t k) const {
    return data + (along_k ? x * stride + k : k * stride + x);
  }
  /// How many elements from (x, k) on, in the order of memory, belong to the run that it is in;
  /// zero or less where it is outside.
  __device__ std::int64_t run(std::int64_t x, std::int64_t k) const {
    if (along_k) return x < extent_x ? extent_k - k : 0;
    return k < extent_k ? extent_x - x : 0;
  }
  /// Whether every run begins at a multiple of 16 bytes.
  __device__ bool aligned() const {
    return reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && stride % Vector<T>::size == 0;
  }
};

/// A and B of a batch index.
template <bool along_k, class T>
__device__ Operand<T, along_k> operand_a(const Arguments<T>& g, std::int64_t batch) {
  return {g.a + batch * g.m * g.k, g.m, g.k, along_k ? g.a_row : g.a_column};
}
template <bool along_k, class T>
__device__ Operand<T, along_k> operand_b(const Arguments<T>& g, std::int64_t batch) {
  return {g.b + batch * g.k * g.n, g.n, g.k, along_k ? g.b_column : g.b_row};
}

/// Calls `visit` with the layout of A and B as two compile-time bools: whether k runs fastest.
template <class Visit>
void with_layout(const GemmProblem& p, Visit&& visit) {
  if (p.trans_a) {
    p.trans_b ? visit.template operator()<false, true>()
              : visit.template operator()<false, false>();
  } else {
    p.trans_b ? visit.template operator()<true, true>() : visit.template operator()<true, false>();
  }
}

/// A tile of an operand in shared memory, k after k. Rows are a multiple of 16 bytes, so that
/// threads read them by vectors, and longer than the tile by one, so that the runs of a warp that
/// writes along k begin in other banks.
template <class T, int BX, int BK>
struct alignas(16) SharedTile {
  T element[BK][BX + Vector<T>::size];
};

/// The vectors that a thread of `threads` moves into a tile: vector number `index` of `count`
/// begins at (x, k) of the tile. Neighbouring threads take neighbouring vectors of memory.
template <class T, int BX, int BK, int threads, bool along_k>
struct TileVectors {
  static constexpr int size = Vector<T>::size;
  static constexpr int count = BX * BK / size / threads;
  static_assert(count * size * threads == BX * BK, "threads share out a tile's vectors evenly");
  static_assert(BX % size == 0 && BK % size == 0, "a tile is made of whole vectors");

  int x, k;

  __device__ TileVectors(int thread, int index) {
    constexpr int per_run = (along_k ? BK : BX) / size;
    const int vector = index * threads + thread;
    const int run = vector / per_run, start = vector % per_run * size;
    x = along_k ? run : start;
    k = along_k ? start : run;
  }
};

}  // namespace breakeven::cuda_gemm
