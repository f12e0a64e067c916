#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "operations/dtype.h"
#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

/// C[b] = alpha · op(A[b]) · op(B[b]) + beta · C[b] for b in [0, batch); all matrices row-major and
/// dense, batches contiguous. op(A) is (M, K), op(B) is (K, N), C is (M, N).
/// Not transposed, A is stored (M, K) and B (K, N); transposed, A is stored (K, M) and B (N, K).
///
/// dtype  A     B     C     summed in, and that of alpha and beta
/// f32    f32   f32   f32   f32
/// f64    f64   f64   f64   f64
/// bf16   bf16  bf16  bf16  f32
/// f16    f16   f16   f16   f32
/// e4m3   e4m3  e4m3  bf16  f32
/// e5m2   e5m2  e4m3  bf16  f32   (a gradient times weights: no matrix unit takes e5m2 twice)
/// s8     s8    s8    s32   s32
struct GemmProblem {
  Dtype dtype = Dtype::f32;
  bool trans_a = false;
  bool trans_b = false;
  std::int64_t batch = 1;
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  double alpha = 1;
  double beta = 0;

  /// Stable id: `gemm/f32/nn/m512n512k512`, `gemm/f32/nt/b96m512n512k64`; alpha and beta only when
  /// they are not 1 and 0: `gemm/f32/nn/m8n8k8/alpha2beta-1`.
  std::string id() const;

  Dtype a_dtype() const { return dtype; }
  Dtype b_dtype() const { return dtype == Dtype::e5m2 ? Dtype::e4m3 : dtype; }
  Dtype c_dtype() const;
  Dtype sum_dtype() const;

  /// 2·batch·M·N·K, and per element of C one more where alpha is not 1, one to add where beta is
  /// not 0, one to multiply where beta is neither 0 nor 1.
  double flops() const;
  /// A and B read once, C written once (and read once where beta is not 0).
  double least_bytes() const;

  /// Integers that keep every partial sum exact in the accumulator and in C, in any order of
  /// summation and with alpha and beta applied.
  struct ExactTier {
    int range = 0;            // the largest r for which ±[1, r] do; 0 if there is none
    std::int64_t one_in = 1;  // along K, one element of A of so many may differ from 0
  };
  ExactTier exact_tier() const;

  /// Everything the harness needs, tensors in the order A, B, C, each (batch, rows, columns) as it
  /// is stored. C is an output, and inout where beta is not 0.
  ProblemView view() const;

  /// The same problem with every extent (and the batch) at most `extent`: cheap, for calibration.
  GemmProblem shrunk_to(std::int64_t extent) const;

  /// The same product of matrices of another dtype.
  GemmProblem in(Dtype other) const;

  bool operator==(const GemmProblem&) const = default;
};

/// Yes for problems of these dtypes; for others no, with the reason.
Support only(const GemmProblem& problem, std::initializer_list<Dtype> dtypes);

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id: for
/// what is no id, for extents below 1 and for sizes whose bytes or FLOPs overflow (never wraps).
GemmProblem parse_gemm(std::string_view id);

}  // namespace breakeven
