// What changed against naive: the loops run i, k, j, so that the inner loop walks through a row of
// B and a row of C, in SIMD registers, instead of down a column of B; rows of C are spread over
// threads. Why: the naive order takes one new cache line of B per multiply-add. With B transposed a
// column of op(B) is the contiguous one: then the inner loop runs over k. Limits: B streams through
// the cache once per row of C; a single row uses a single thread.

#include <omp.h>

#include <memory>
#include <vector>

#include "cpu_reference/common/simd.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

/// One row of C: c = alpha·op(A)'s row · op(B) + beta·c.
template <class T>
struct Row {
  const T* a;  // row of op(A), already times alpha: (K)
  const T* b;  // B as stored
  T* c;        // (N)
  std::int64_t n;
  std::int64_t k;
  bool trans_b;
  T beta;
};

template <class T>
BREAKEVEN_ALWAYS_INLINE void multiply_row(const Row<T>& row) {
  const T* a = row.a;
  const T* b = row.b;
  T* c = row.c;
  const std::int64_t columns = row.n, depth = row.k;
  if (row.trans_b) {
    for (std::int64_t j = 0; j < columns; ++j) {
      T sum = row.beta == 0 ? T{0} : row.beta * c[j];
#pragma omp simd reduction(+ : sum)
      for (std::int64_t k = 0; k < depth; ++k) sum += a[k] * b[j * depth + k];
      c[j] = sum;
    }
  } else {
    for (std::int64_t j = 0; j < columns; ++j) c[j] = row.beta == 0 ? T{0} : row.beta * c[j];
    for (std::int64_t k = 0; k < depth; ++k) {
#pragma omp simd
      for (std::int64_t j = 0; j < columns; ++j) c[j] += a[k] * b[k * columns + j];
    }
  }
}

template <class T>
void multiply_row_portable(const Row<T>& row) {
  multiply_row(row);
}

template <class T>
BREAKEVEN_TARGET_AVX2 void multiply_row_avx2(const Row<T>& row) {
  multiply_row(row);
}

template <class T>
CpuCall prepare_typed(const GemmProblem& p) {
  const auto multiply = has_avx2() ? multiply_row_avx2<T> : multiply_row_portable<T>;
  const int threads = omp_get_max_threads();
  // One row of op(A) per thread.
  auto rows = std::make_shared<std::vector<T>>(static_cast<std::size_t>(threads * p.k));
  return {[=](Tensors tensors) {
    const T* a = tensors[0].as<T>();
    const T* b = tensors[1].as<T>();
    T* c = tensors[2].as<T>();
    const T alpha = static_cast<T>(p.alpha), beta = static_cast<T>(p.beta);
    const std::int64_t a_row = p.trans_a ? 1 : p.k, a_column = p.trans_a ? p.m : 1;
#pragma omp parallel for num_threads(threads)
    for (std::int64_t index = 0; index < p.batch * p.m; ++index) {
      const std::int64_t batch = index / p.m, i = index % p.m;
      T* row = rows->data() + omp_get_thread_num() * p.k;
      for (std::int64_t k = 0; k < p.k; ++k) {
        row[k] = alpha * a[batch * p.m * p.k + i * a_row + k * a_column];
      }
      multiply({row, b + batch * p.k * p.n, c + index * p.n, p.n, p.k, p.trans_b, beta});
    }
  }};
}

Support supports(const GemmProblem& p) { return only(p, {Dtype::f32, Dtype::f64}); }

CpuCall prepare(const GemmProblem& problem) {
  return with_f32_or_f64(problem.dtype, [&]<class T>(T) { return prepare_typed<T>(problem); });
}

}  // namespace

CpuImplementation<GemmProblem> reordered() {
  return {"reordered", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm
