#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "operations/tensor.h"

namespace breakeven {

/// The true value of one output element and the sum of the magnitudes that went into it: with them
/// the rounding error of any summation order is bounded.
struct Expected {
  double value = 0;
  double magnitude = 0;  // (|A||B|) for a product of A and B
};

/// Verdict of a check over whole outputs.
struct Verdict {
  bool ok = true;
  std::string detail;  // where and by how much, when not ok
};

/// Rounding of an implementation: the terms of the element-wise bound
/// `output·|ref| + (2·input + 4·√K·accumulate)·magnitude`.
struct Rounding {
  double output = 0;
  double input = 0;  // rounding the implementation itself applies to its inputs (tf32: 2^-11)
  double accumulate = 0;
};

/// What is true of a problem's outputs, in float64, independent of every implementation.
/// `before` are the tensors as they were before the call (all roles filled).
struct Oracle {
  /// Output element `index` (row-major) of the problem's only output tensor. Costs O(reduction).
  std::function<Expected(Tensors before, std::int64_t index)> element;
  /// A probabilistic check over *all* output elements at the cost of reading each tensor a few
  /// times: exact in integers (exact tier), within the rounding bound otherwise (real tier).
  std::function<Verdict(Tensors before, Tensor output, std::uint64_t seed)> exact_product;
  std::function<Verdict(Tensors before, Tensor output, const Rounding&, std::uint64_t seed)>
      real_product;
};

}  // namespace breakeven
