#pragma once

#include "kernels/gemm/operand.h"

namespace breakeven::cuda_gemm {

/// The part of C that a thread computes, in registers: PM × PN patches of one vector squared. The
/// patches lie `step_m` and `step_n` apart, so that the threads between them fill the gaps: a
/// warp then reads neighbouring vectors of shared memory, which meet in no bank.
template <class T, int PM, int PN>
class ThreadTile {
 public:
  static constexpr int V = Vector<T>::size;
  static constexpr int TM = PM * V, TN = PN * V;

  /// (row, column): of its first element in the block's tile.
  __device__ ThreadTile(int row, int column, int step_m, int step_n)
      : row_(row), column_(column), step_m_(step_m), step_n_(step_n) {}

  /// Adds the product of two tiles.
  template <int BM, int BN, int BK>
  __device__ void multiply(const SharedTile<T, BM, BK>& a, const SharedTile<T, BN, BK>& b) {
#pragma unroll
    for (int k = 0; k < BK; ++k) {
      Vector<T> a_part[PM], b_part[PN];
#pragma unroll
      for (int p = 0; p < PM; ++p) a_part[p] = vector_at(&a.element[k][row_ + p * step_m_]);
#pragma unroll
      for (int p = 0; p < PN; ++p) b_part[p] = vector_at(&b.element[k][column_ + p * step_n_]);
#pragma unroll
      for (int m = 0; m < TM; ++m) {
#pragma unroll
        for (int n = 0; n < TN; ++n) {
          sum_[m][n] += a_part[m / V].element[m % V] * b_part[n / V].element[n % V];
        }
      }
    }
  }

  /// Calls `store(i, j, vector)` for each vector of sums; (i, j) is its first element in the
  /// block's tile.
  template <class Store>
  __device__ void for_each_vector(Store store) const {
#pragma unroll
    for (int m = 0; m < TM; ++m) {
#pragma unroll
      for (int p = 0; p < PN; ++p) {
        Vector<T> vector;
#pragma unroll
        for (int e = 0; e < V; ++e) vector.element[e] = sum_[m][p * V + e];
        store(row_ + m / V * step_m_ + m % V, column_ + p * step_n_, vector);
      }
    }
  }

 private:
  static __device__ Vector<T> vector_at(const T* element) {
    return *reinterpret_cast<const Vector<T>*>(element);
  }

  int row_, column_, step_m_, step_n_;
  T sum_[TM][TN] = {};
};

/// C = alpha·sum + beta·C for a vector of sums that begins at (i, j) of the matrix `c` of a batch;
/// what lies outside is left alone. By 16 bytes where C's rows allow it.
template <class T>
__device__ void store_sums(const Arguments<T>& g, T* c, std::int64_t i, std::int64_t j,
                           Vector<T> sums) {
  constexpr int size = Vector<T>::size;
  if (i >= g.m || j >= g.n) return;
  T* to = c + i * g.n + j;
  const bool aligned = reinterpret_cast<std::uintptr_t>(c) % 16 == 0 && g.n % size == 0;
  if (aligned) {  // whole, since j and N are multiples of a vector
    auto* whole = reinterpret_cast<Vector<T>*>(to);
    Vector<T> before{};
    if (g.beta != 0) before = *whole;
#pragma unroll
    for (int e = 0; e < size; ++e) {
      sums.element[e] = g.beta == 0 ? g.alpha * sums.element[e]
                                    : g.alpha * sums.element[e] + g.beta * before.element[e];
    }
    *whole = sums;
  } else {
#pragma unroll
    for (int e = 0; e < size; ++e) {
      if (j + e >= g.n) return;
      to[e] = g.beta == 0 ? g.alpha * sums.element[e] : g.alpha * sums.element[e] + g.beta * to[e];
    }
  }
}

}  // namespace breakeven::cuda_gemm
