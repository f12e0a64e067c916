#pragma once

#include <cstdint>

#include "operations/conv/problem.h"
#include "operations/tensor.h"

namespace breakeven {

/// Integers that keep every partial sum of a convolution exact, in any order of summation and where
/// Winograd's transforms come first.
struct ConvExactTier {
  int range = 0;      // ±[1, range]
  Sparsity sparsity;  // of the second tensor, along all that a sum runs over
};

/// `besides`: how many integers of that range are added to each sum, a bias for instance.
ConvExactTier exact_tier(const ConvProblem& problem, std::int64_t besides);

}  // namespace breakeven
