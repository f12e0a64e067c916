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

/// What is left of an extent, as far as it matters to a tile of `most`.
template <int most>
__device__ int at_most(std::int64_t left) {
  return left < most ? static_cast<int>(left) : most;
}

/// One matrix of a batch as tiles see it: element (x, k), where x counts rows of op(A) or columns
/// of op(B). In memory k runs fastest (`along_k`: A not transposed, B transposed), or x does.
template <class T, bool along_k>
struct Operand {
  const T* data;
  std::int64_t extent_x;
  std::int64_t stride;  // from a run of memory to the next

  __device__ const T* at(std::int64_t x, std::int64_t k) const {
    return data + (along_k ? x * stride + k : k * stride + x);
  }
  /// Whether every run begins at a multiple of 16 bytes.
  __device__ bool aligned() const {
    return reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && stride % Vector<T>::size == 0;
  }
};

/// A and B of a batch index.
template <bool along_k, class T, class C, class Sum>
__device__ Operand<T, along_k> operand_a(const Arguments<T, C, Sum>& g, std::int64_t batch) {
  return {g.a + batch * g.m * g.k, g.m, along_k ? g.a_row : g.a_column};
}
template <bool along_k, class T, class C, class Sum>
__device__ Operand<T, along_k> operand_b(const Arguments<T, C, Sum>& g, std::int64_t batch) {
  return {g.b + batch * g.k * g.n, g.n, along_k ? g.b_column : g.b_row};
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

/// A thread's share in moving tiles of an operand, one after another along k: of each tile `count`
/// pieces of `piece` elements, the same part of every `step`-th run. Neighbouring threads take
/// neighbouring pieces of memory.
template <class T, int BX, int BK, int threads, bool along_k, int piece>
class TileShare {
  static constexpr int length = along_k ? BK : BX, runs = along_k ? BX : BK;
  static constexpr int per_run = length / piece;
  static constexpr int step = threads / per_run;
  static_assert(per_run * piece == length, "a run is made of whole pieces");
  static_assert(step * per_run == threads && runs % step == 0,
                "threads share out a tile's pieces evenly");

 public:
  static constexpr int count = runs / step;

  /// Of the tile whose first element is (x0, k0).
  __device__ TileShare(const Operand<T, along_k>& operand, std::int64_t x0, std::int64_t k0)
      : first_(operand.at(x0 + x(0), k0 + k(0))),
        stride_(operand.stride),
        x_left_(at_most<BX>(operand.extent_x - x0)) {}

  /// On to the next tile along k.
  __device__ void advance() { first_ += along_k ? BK : BK * stride_; }

  /// Where piece `i` lies in global memory, if anything of it is inside.
  __device__ const T* from(int i) const { return first_ + i * step * stride_; }
  /// How many of its elements belong to the operand, which has `k_left` more along k from this tile
  /// on; zero or less if it is outside.
  __device__ int inside(int i, std::int64_t k_left) const {
    const int k_inside = at_most<BK>(k_left);
    return run(i) < (along_k ? x_left_ : k_inside) ? (along_k ? k_inside : x_left_) - start() : 0;
  }
  /// Where it goes to in the tile.
  static __device__ int x(int i) { return along_k ? run(i) : start(); }
  static __device__ int k(int i) { return along_k ? start() : run(i); }

 private:
  static __device__ int run(int i) { return static_cast<int>(threadIdx.x) / per_run + i * step; }
  static __device__ int start() { return static_cast<int>(threadIdx.x) % per_run * piece; }

  const T* first_;
  std::int64_t stride_;
  int x_left_;
};

}  // namespace breakeven::cuda_gemm
