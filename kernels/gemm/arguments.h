#pragma once

#include <cstdint>

#include "operations/gemm/problem.h"
#include "operations/tensor.h"

namespace breakeven::cuda_gemm {

/// What a GEMM kernel gets. Element (i, k) of op(A) is a[i·a_row + k·a_column], likewise op(B):
/// with a pair of strides an operand needs no other code where it is transposed. C may have another
/// type than A and B; alpha and beta have the one that products are summed in.
template <class T, class C = T, class Sum = T>
struct Arguments {
  const T* a;  // (batch, M, K) or (batch, K, M)
  const T* b;  // (batch, K, N) or (batch, N, K)
  C* c;        // (batch, M, N)
  std::int64_t m, n, k;
  std::int64_t a_row, a_column, b_row, b_column;
  Sum alpha, beta;

  Arguments(const GemmProblem& p, Tensors tensors)
      : a(tensors[0].as<T>()),
        b(tensors[1].as<T>()),
        c(tensors[2].as<C>()),
        m(p.m),
        n(p.n),
        k(p.k),
        a_row(p.trans_a ? 1 : p.k),
        a_column(p.trans_a ? p.m : 1),
        b_row(p.trans_b ? 1 : p.n),
        b_column(p.trans_b ? p.k : 1),
        alpha(static_cast<Sum>(p.alpha)),
        beta(static_cast<Sum>(p.beta)) {}
};

}  // namespace breakeven::cuda_gemm
