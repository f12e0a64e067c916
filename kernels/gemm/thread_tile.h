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

/// A block's tile of C in global memory.
template <class T>
struct OutputTile {
  T* first;
  int rows, columns;  // of the tile that lie inside of C

  /// Of BM × BN elements from (i0, j0) on.
  template <int BM, int BN>
  static __device__ OutputTile at(T* c, const Arguments<T>& g, std::int64_t i0, std::int64_t j0) {
    return {c + i0 * g.n + j0, at_most<BM>(g.m - i0), at_most<BN>(g.n - j0)};
  }

  /// C = alpha·sum + beta·C for a vector of sums that begins at (i, j) of the tile; what lies
  /// outside of C is left alone. By 16 bytes where C's rows allow it.
  __device__ void store(const Arguments<T>& g, int i, int j, Vector<T> sums) const {
    constexpr int size = Vector<T>::size;
    if (i >= rows || j >= columns) return;
    T* to = first + i * g.n + j;
    const bool aligned = reinterpret_cast<std::uintptr_t>(first) % 16 == 0 && g.n % size == 0;
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
        if (j + e >= columns) return;
        to[e] =
            g.beta == 0 ? g.alpha * sums.element[e] : g.alpha * sums.element[e] + g.beta * to[e];
      }
    }
  }
};

}  // namespace breakeven::cuda_gemm
