#pragma once

#include <cstdint>

#include "kernels/common/convert.h"
#include "kernels/gemm/operand.h"
#include "kernels/gemm/tensor_problem.h"

namespace breakeven::cuda_gemm {

/// Two elements side by side.
template <class T>
struct alignas(2 * sizeof(T)) Pair {
  T first, second;
};

/// A block's tile of C in global memory, written by two elements side by side.
template <class T>
class TensorOutput {
  using C = TensorC<T>;
  using Sum = MmaSum<T>;

 public:
  /// Of the matrix of that batch index, from element (i0, j0) on.
  template <int BM, int BN>
  static __device__ TensorOutput at(const TensorArguments<T>& g, std::int64_t batch,
                                    std::int64_t i0, std::int64_t j0) {
    TensorOutput tile;
    tile.first_ = g.c + batch * g.m * g.n + i0 * g.n + j0;
    tile.rows_ = at_most<BM>(g.m - i0);
    tile.columns_ = at_most<BN>(g.n - j0);
    return tile;
  }

  /// C = alpha·sum + beta·C for two sums from (i, j) on, where j is even; what lies outside of C is
  /// left alone. At once where all pairs of C are whole.
  __device__ void store(const TensorArguments<T>& g, int i, int j, Pair<Sum> sums) const {
    if (i >= rows_ || j >= columns_) return;
    C* to = first_ + i * g.n + j;
    if (g.n % 2 == 0) {
      auto* whole = reinterpret_cast<Pair<C>*>(to);
      Pair<C> before{};
      if (g.beta != 0) before = *whole;
      *whole = {scaled(g, sums.first, before.first), scaled(g, sums.second, before.second)};
    } else {
      to[0] = scaled(g, sums.first, g.beta != 0 ? to[0] : C{});
      if (j + 1 < columns_) to[1] = scaled(g, sums.second, g.beta != 0 ? to[1] : C{});
    }
  }

 private:
  static __device__ C scaled(const TensorArguments<T>& g, Sum sum, C before) {
    return narrowed<C>(g.beta == 0 ? g.alpha * sum : g.alpha * sum + g.beta * widened<Sum>(before));
  }

  C* first_;
  int rows_, columns_;  // of the tile that lie inside of C
};

}  // namespace breakeven::cuda_gemm
