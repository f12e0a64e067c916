// What changed against reordered: the loops are cut into blocks, so that a block of B is used for
// many rows of C while it is in the second-level cache. What it teaches: blocking alone does
// nothing but repair what a B larger than the caches costs. The inner loop still loads and stores
// an element of C for every multiply-add, and that is what holds it up; where B was in the cache
// anyway, the shorter rows only cost. Blocks pay off together with packing and a register tile: the
// next rung. Limits: a block of rows is one thread's. Measured (Zen 4, one thread, f32, GFLOP/s): n
// = 1024: 28, reordered 34, packed 93; n = 2048: 29, reordered 16, packed 104.

#include <omp.h>

#include <algorithm>

#include "cpu_reference/gemm/row_product.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

/// A block of B takes 128 KiB of f32, a row of a block of C 1 KiB.
constexpr std::int64_t kRows = 64, kColumns = 256, kDepth = 128;

/// One block of rows of C, from row `i0` on, of one matrix.
template <class T>
void multiply_rows(const GemmProblem& p, const T* a, const T* b, T* c, std::int64_t i0) {
  const auto multiply = row_product<T>();
  const T alpha = static_cast<T>(p.alpha), beta = static_cast<T>(p.beta);
  const std::int64_t a_row = p.trans_a ? 1 : p.k, a_column = p.trans_a ? p.m : 1;
  const std::int64_t b_row = p.trans_b ? 1 : p.n, b_column = p.trans_b ? p.k : 1;
  T row[kDepth];  // of op(A), times alpha
  for (std::int64_t k0 = 0; k0 < p.k; k0 += kDepth) {
    const std::int64_t depth = std::min(kDepth, p.k - k0);
    for (std::int64_t j0 = 0; j0 < p.n; j0 += kColumns) {
      const std::int64_t columns = std::min(kColumns, p.n - j0);
      for (std::int64_t i = i0; i < std::min(i0 + kRows, p.m); ++i) {
        for (std::int64_t k = 0; k < depth; ++k) {
          row[k] = alpha * a[i * a_row + (k0 + k) * a_column];
        }
        multiply({row, b + k0 * b_row + j0 * b_column, c + i * p.n + j0, p.trans_b ? p.k : p.n,
                  columns, depth, p.trans_b, k0 == 0 ? beta : T{1}});
      }
    }
  }
}

Support supports(const GemmProblem& p) { return only(p, {Dtype::f32, Dtype::f64}); }

CpuCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
#pragma omp parallel for collapse(2)
      for (std::int64_t batch = 0; batch < p.batch; ++batch) {
        for (std::int64_t i0 = 0; i0 < p.m; i0 += kRows) {
          multiply_rows<T>(p, tensors[0].as<T>() + batch * p.m * p.k,
                           tensors[1].as<T>() + batch * p.k * p.n,
                           tensors[2].as<T>() + batch * p.m * p.n, i0);
        }
      }
    });
  }};
}

}  // namespace

CpuImplementation<GemmProblem> blocked() {
  return {"blocked", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm
