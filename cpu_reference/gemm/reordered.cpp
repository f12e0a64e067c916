// What changed against naive: the loops run i, k, j, so that the inner loop walks through a row of
// B and a row of C, in SIMD registers, instead of down a column of B; rows of C are spread over
// threads. Why: the naive order takes one new cache line of B per multiply-add. With B transposed a
// column of op(B) is the contiguous one: then the inner loop runs over k. Limits: B streams through
// the cache once per row of C; a single row uses a single thread.

#include <omp.h>

#include <memory>
#include <vector>

#include "cpu_reference/gemm/row_product.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

template <class T>
CpuCall prepare_typed(const GemmProblem& p) {
  const auto multiply = row_product<T>();
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
      multiply({row, b + batch * p.k * p.n, c + index * p.n, p.trans_b ? p.k : p.n, p.n, p.k,
                p.trans_b, beta});
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
