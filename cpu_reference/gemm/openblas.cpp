// OpenBLAS: sgemm and dgemm; where C is a row or a column, sgemv and dgemv, which read the matrix
// once (3 times faster than gemm for M = 1). A batch with a matrix for every thread is spread over
// the threads, each multiplying alone; otherwise the threads share one matrix after the other.
// Limits: f32 and f64; extents fit OpenBLAS's integers.

#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <limits>
#include <string>

#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

/// OpenBLAS's functions for an element type.
template <class T>
struct Blas;

template <>
struct Blas<float> {
  static constexpr auto gemm = cblas_sgemm;
  static constexpr auto gemv = cblas_sgemv;
};

template <>
struct Blas<double> {
  static constexpr auto gemm = cblas_dgemm;
  static constexpr auto gemv = cblas_dgemv;
};

template <class T>
void multiply(const GemmProblem& p, const T* a, const T* b, T* c) {
  const auto m = static_cast<blasint>(p.m);
  const auto n = static_cast<blasint>(p.n);
  const auto k = static_cast<blasint>(p.k);
  const auto alpha = static_cast<T>(p.alpha);
  const auto beta = static_cast<T>(p.beta);
  const auto transpose = [](bool yes) { return yes ? CblasTrans : CblasNoTrans; };
  if (p.n == 1) {  // c = op(A)·b; A as stored is (M, K) or (K, M)
    Blas<T>::gemv(CblasRowMajor, transpose(p.trans_a), p.trans_a ? k : m, p.trans_a ? m : k, alpha,
                  a, p.trans_a ? m : k, b, 1, beta, c, 1);
  } else if (p.m == 1) {  // c = op(B)ᵀ·a; B as stored is (K, N) or (N, K)
    Blas<T>::gemv(CblasRowMajor, transpose(!p.trans_b), p.trans_b ? n : k, p.trans_b ? k : n, alpha,
                  b, p.trans_b ? k : n, a, 1, beta, c, 1);
  } else {
    Blas<T>::gemm(CblasRowMajor, transpose(p.trans_a), transpose(p.trans_b), m, n, k, alpha, a,
                  p.trans_a ? m : k, b, p.trans_b ? k : n, beta, c, n);
  }
}

template <class T>
void multiply_batch(const GemmProblem& p, Tensors tensors) {
  // Within a parallel region OpenBLAS (its OpenMP variant) runs on the calling thread.
#pragma omp parallel for if (p.batch >= omp_get_max_threads() && p.batch > 1)
  for (std::int64_t batch = 0; batch < p.batch; ++batch) {
    multiply<T>(p, tensors[0].as<T>() + batch * p.m * p.k, tensors[1].as<T>() + batch * p.k * p.n,
                tensors[2].as<T>() + batch * p.m * p.n);
  }
}

Support supports(const GemmProblem& p) {
  if (const Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  const std::int64_t largest = std::numeric_limits<blasint>::max();
  if (std::max({p.m, p.n, p.k}) > largest) {
    return Support::no("an extent is beyond this OpenBLAS's integers (" + std::to_string(largest) +
                       ")");
  }
  return Support::yes();
}

CpuCall prepare(const GemmProblem& problem) {
  return {[problem](Tensors tensors) {
    with_f32_or_f64(problem.dtype, [&]<class T>(T) { multiply_batch<T>(problem, tensors); });
  }};
}

}  // namespace

CpuImplementation<GemmProblem> openblas() {
  return {"openblas", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm
