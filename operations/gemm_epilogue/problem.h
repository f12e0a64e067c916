#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/gemm/problem.h"
#include "operations/gemm_epilogue/activation.h"

namespace breakeven {

/// D = activation(op(A) · op(B) + bias), a linear layer with what follows it, as one call: with
/// relu those of small networks, with gelu the first of a transformer's feed-forward block. A, B
/// and D have the dtypes of a product's A, B and C; bias has N elements of D's dtype and is added
/// to every row. Sums, the bias and the activation are computed in the product's accumulator, and
/// rounded once, to D. f32, bf16 and f16.
struct GemmEpilogueProblem {
  GemmProblem product;  // batch 1, alpha 1, beta 0; its C is D before the epilogue
  Activation activation = Activation::gelu;

  /// Stable id: `gemm_bias_gelu/bf16/nt/m512n3072k768`, `gemm_bias_relu/f32/nt/m32n120k400`.
  std::string id() const;
  /// Its part before the first '/'.
  std::string operation() const;

  /// 2·M·N·K of the product, M·N to add the bias, and with relu M·N to compare. How many operations
  /// a tanh takes is the implementation's: gelu's are not counted.
  double flops() const;
  /// A, B and bias read once, D written once.
  double least_bytes() const;

  /// Everything the harness needs, tensors in the order A, B, bias, D; matrices (rows, columns) as
  /// they are stored. With gelu there is no exact tier: it is not exact on integers.
  ProblemView view() const;

  /// The same problem with every extent at most `extent`: cheap, for calibration.
  GemmEpilogueProblem shrunk_to(std::int64_t extent) const {
    return {product.shrunk_to(extent), activation};
  }

  /// The same on matrices of another dtype.
  GemmEpilogueProblem in(Dtype other) const { return {product.in(other), activation}; }

  bool operator==(const GemmEpilogueProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id, as
/// parse_gemm does; a batch, alpha and beta are none of it.
GemmEpilogueProblem parse_gemm_epilogue(std::string_view id);

}  // namespace breakeven
