#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

/// What becomes of each element, whatever the shape.
enum class Elementwise {
  relu,           // (x, y): y = max(x, 0)
  relu_backward,  // (dy, y, dx): dx = dy where y > 0, else 0
  add,            // (a, b, y): y = a + b, the sum of a residual block
  narrow,         // (x, y): y = x of f32, rounded to the problem's dtype
  widen,          // (x, y): y = x in f32
};

constexpr std::string_view name_of(Elementwise function) {
  return function == Elementwise::relu            ? "relu"
         : function == Elementwise::relu_backward ? "relu_backward"
         : function == Elementwise::add           ? "add"
         : function == Elementwise::narrow        ? "narrow"
                                                  : "widen";
}

/// A function of the elements of one or two tensors of `n` elements each. f32, bf16 and f16, narrow
/// and widen bf16 alone; the function is computed in f32.
struct ElementwiseProblem {
  Elementwise function = Elementwise::relu;
  Dtype dtype = Dtype::f32;
  std::int64_t n = 1;

  /// Stable id: `relu/f32/n1000000`.
  std::string id() const;
  /// Tensors that are read.
  int inputs() const {
    return function == Elementwise::relu_backward || function == Elementwise::add ? 2 : 1;
  }
  Dtype input_dtype() const { return function == Elementwise::narrow ? Dtype::f32 : dtype; }
  Dtype output_dtype() const { return function == Elementwise::widen ? Dtype::f32 : dtype; }
  /// One operation for each element, a comparison or an addition.
  double flops() const { return static_cast<double>(n); }
  /// Each input read once, the output written once.
  double least_bytes() const;
  /// Everything the harness needs.
  ProblemView view() const;

  /// The same, smaller: cheap, for calibration.
  ElementwiseProblem shrunk() const {
    return {function, dtype, std::min<std::int64_t>(n, 1 << 16)};
  }
  ElementwiseProblem in(Dtype other) const { return {function, other, n}; }
  bool operator==(const ElementwiseProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
ElementwiseProblem parse_elementwise(std::string_view id);

}  // namespace breakeven
