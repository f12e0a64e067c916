#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/gemm/problem.h"

namespace breakeven {

/// D = gelu(op(A) · op(B) + bias): the first linear layer of a transformer's feed-forward block
/// with its activation, as one call. A, B and D have the dtypes of a product's A, B and C; bias has
/// N elements of D's dtype and is added to every row. Sums, the bias and gelu (in its tanh form,
/// gelu.h) are computed in the product's accumulator, and rounded once, to D. f32, bf16 and f16.
struct GemmBiasGeluProblem {
  GemmProblem product;  // batch 1, alpha 1, beta 0; its C is D before the epilogue

  /// Stable id: `gemm_bias_gelu/bf16/nt/m512n3072k768`.
  std::string id() const;

  /// 2·M·N·K of the product, M·N to add the bias. The activation is not counted: how many
  /// operations a tanh takes is the implementation's.
  double flops() const;
  /// A, B and bias read once, D written once.
  double least_bytes() const;

  /// Everything the harness needs, tensors in the order A, B, bias, D; matrices (rows, columns) as
  /// they are stored. There is no exact tier: gelu is not exact on integers.
  ProblemView view() const;

  /// The same problem with every extent at most `extent`: cheap, for calibration.
  GemmBiasGeluProblem shrunk_to(std::int64_t extent) const { return {product.shrunk_to(extent)}; }

  /// The same on matrices of another dtype.
  GemmBiasGeluProblem in(Dtype other) const { return {product.in(other)}; }

  bool operator==(const GemmBiasGeluProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id, as
/// parse_gemm does; a batch, alpha and beta are none of it.
GemmBiasGeluProblem parse_gemm_bias_gelu(std::string_view id);

}  // namespace breakeven
