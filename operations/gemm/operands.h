#pragma once

#include <cstdint>
#include <vector>

#include "operations/gemm/types.h"

namespace breakeven {

/// op(X) of a dense row-major matrix X in memory: (rows, columns), stored transposed or not.
template <class T>
struct Matrix {
  const T* data;
  std::int64_t rows;
  std::int64_t columns;
  bool transposed = false;

  T at(std::int64_t row, std::int64_t column) const {
    return transposed ? data[column * rows + row] : data[row * columns + column];
  }

  /// One Sum per row: `add(sum, element, column)` for each element, in the order of memory.
  template <class Sum, class Add>
  std::vector<Sum> row_sums(Add add) const {
    std::vector<Sum> sums(static_cast<std::size_t>(rows));
    if (transposed) {
      for (std::int64_t column = 0; column < columns; ++column) {
        for (std::int64_t row = 0; row < rows; ++row) {
          add(sums[static_cast<std::size_t>(row)], data[column * rows + row], column);
        }
      }
    } else {
      for (std::int64_t row = 0; row < rows; ++row) {
        Sum sum{};
        for (std::int64_t column = 0; column < columns; ++column) {
          add(sum, data[row * columns + column], column);
        }
        sums[static_cast<std::size_t>(row)] = sum;
      }
    }
    return sums;
  }
};

/// The matrices of one batch index.
template <class Types>
struct Operands {
  using A = typename Types::A;
  using B = typename Types::B;
  using C = typename Types::C;
  Matrix<A> a;       // op(A): (M, K)
  Matrix<B> b;       // op(B): (K, N)
  Matrix<C> before;  // C before the call: (M, N), not to be read where beta is 0
  Matrix<C> after;   // C after it: (M, N)

  Operands(const GemmProblem& p, Tensors tensors, Tensor output, std::int64_t batch)
      : a{tensors[0].as<A>() + batch * p.m * p.k, p.m, p.k, p.trans_a},
        b{tensors[1].as<B>() + batch * p.k * p.n, p.k, p.n, p.trans_b},
        before{tensors[2].as<C>() + batch * p.m * p.n, p.m, p.n},
        after{output.as<C>() + batch * p.m * p.n, p.m, p.n} {}
};

}  // namespace breakeven
