#pragma once

#include <cstdint>

#include "operations/gemm/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// Freivalds' check of C = alpha·A·B + beta·C: with a random vector x, C·x must equal
/// alpha·A·(B·x) + beta·C·x. It reads each matrix once, O(MK + KN + MN), where computing the
/// product again takes O(MNK). Both functions check row by row and name the worst element of a bad
/// row.

/// For integers, in arithmetic modulo 2^64 with odd multipliers x: exact, whatever the size of the
/// sums. A row with one wrong element never passes, since an odd number times a nonzero difference
/// is nonzero modulo 2^64; a row with several passes with probability at most 2^-63 times the
/// largest power of two that divides all their differences. NaN, Inf and fractions in C fail.
Verdict exact_product(const GemmProblem& problem, Tensors before, Tensor output,
                      std::uint64_t seed);

/// For real data, in float64 with x = ±1. If every element is within its rounding bound e_j, the
/// row's sum of errors ±d_j passes 8·‖e‖₂ with probability at most 2·exp(-8²/2) = 3e-14
/// (Hoeffding).
Verdict real_product(const GemmProblem& problem, Tensors before, Tensor output,
                     const Rounding& rounding, std::uint64_t seed);

}  // namespace breakeven
