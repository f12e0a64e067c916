#pragma once

#include <cstdint>

#include "cpu_reference/common/simd.h"

namespace breakeven::cpu_gemm {

/// Part of a row of C: c = a · op(B) + beta·c, alpha already in a.
template <class T>
struct RowProduct {
  const T* a;        // (depth)
  const T* b;        // op(B)'s first element; op(B) is (depth, columns)
  T* c;              // (columns)
  std::int64_t ldb;  // elements from one row of B, as stored, to the next
  std::int64_t columns;
  std::int64_t depth;
  bool trans_b;
  T beta;  // 0: c is not read
};

template <class T>
BREAKEVEN_ALWAYS_INLINE void multiply_row(const RowProduct<T>& row) {
  const T* a = row.a;
  const T* b = row.b;
  T* c = row.c;
  const std::int64_t ldb = row.ldb, columns = row.columns, depth = row.depth;
  if (row.trans_b) {
    for (std::int64_t j = 0; j < columns; ++j) {
      T sum = row.beta == 0 ? T{0} : row.beta * c[j];
#pragma omp simd reduction(+ : sum)
      for (std::int64_t k = 0; k < depth; ++k) sum += a[k] * b[j * ldb + k];
      c[j] = sum;
    }
  } else {
    if (row.beta != 1) {
      for (std::int64_t j = 0; j < columns; ++j) c[j] = row.beta == 0 ? T{0} : row.beta * c[j];
    }
    for (std::int64_t k = 0; k < depth; ++k) {
#pragma omp simd
      for (std::int64_t j = 0; j < columns; ++j) c[j] += a[k] * b[k * ldb + j];
    }
  }
}

template <class T>
void multiply_row_portable(const RowProduct<T>& row) {
  multiply_row(row);
}

template <class T>
BREAKEVEN_TARGET_AVX2 void multiply_row_avx2(const RowProduct<T>& row) {
  multiply_row(row);
}

/// The fastest that this CPU has.
template <class T>
auto* row_product() {
  return has_avx2() ? multiply_row_avx2<T> : multiply_row_portable<T>;
}

}  // namespace breakeven::cpu_gemm
