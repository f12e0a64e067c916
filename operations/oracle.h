#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include "operations/tensor.h"

namespace breakeven {

/// The true value of one output element and the sum of the magnitudes that went into it: with them
/// the rounding error of any summation order is bounded.
struct Expected {
  double value = 0;
  double magnitude = 0;  // |alpha|·(|A||B|) + |beta·C| for C = alpha·A·B + beta·C
  // Where implementations may mix a sum's terms before they multiply: the L2 norm of all its
  // elements of the first input times that of all those of the second that it could have. Else 0.
  double norms = 0;
};

/// Verdict of a check over whole outputs.
struct Verdict {
  bool ok = true;
  std::string detail = {};  // where and by how much, when not ok
  double worst = 0;         // largest error over its bound, where the check compares the two
};

/// Rounding of an implementation: the terms of the element-wise bound
/// `output·|ref| + (2·input + 4·√K·accumulate)·magnitude + mixed·norms + underflow`.
struct Rounding {
  double output = 0;
  double input = 0;  // rounding the implementation itself applies to its inputs (tf32: 2^-11)
  double accumulate = 0;
  double mixed = 0;  // where an implementation mixes a sum's terms before it multiplies (Winograd)
  double underflow = 0;  // what numbers below the smallest normal one may cost an element

  /// How far an element that sums `reduction` terms may be from the truth.
  double bound(const Expected& expected, std::int64_t reduction) const {
    const double spread = 2 * input + 4 * std::sqrt(static_cast<double>(reduction)) * accumulate;
    return output * std::abs(expected.value) + spread * expected.magnitude +
           mixed * expected.norms + underflow;
  }
};

/// What is true of a problem's outputs, in float64, independent of every implementation.
/// `before` are the tensors as they were before the call (all roles filled).
struct Oracle {
  /// Element `index` of the outputs, counted through all that a call writes in their order, each
  /// row-major. Costs O(reduction). Null: the check of the whole is all there is.
  std::function<Expected(Tensors before, std::int64_t index)> element;
  /// A check over *all* output elements at the cost of reading each tensor once or twice, for
  /// tensors of integers in ±[0, exact_range]: the output must be exactly right. One wrong element
  /// in a row is always caught.
  std::function<Verdict(Tensors before, Tensors outputs, std::uint64_t seed)> exact_product;
  /// The same for real data, within the rounding bound: catches an error of a row that is larger
  /// than 8 times the L2 norm of the row's element bounds, and NaN or Inf anywhere.
  std::function<Verdict(Tensors before, Tensors outputs, const Rounding&, std::uint64_t seed)>
      real_product;
};

}  // namespace breakeven
