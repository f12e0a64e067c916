#pragma once

#include <cstdint>

#include "operations/conv/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// Freivalds' check of convolutions: the result is linear in the second tensor's k (dgrad: c), so
/// that within a group a random combination of y's channels is the convolution with the same
/// combination of filters, of dx's channels that with the combination over c, of dw's filters that
/// with the combination of dy's channels. It takes K/G (dgrad: C/G) times fewer operations than the
/// problem. Both functions name the worst element of a combination that fails.

/// For integers, in arithmetic modulo 2^64 with odd multipliers: exact. One wrong element among
/// those that are combined never passes.
Verdict exact_combination(const ConvProblem& problem, Tensors before, Tensor output,
                          std::uint64_t seed);

/// For real data, in float64 with ±1 (the bound: CombinedBound). Gradients must also meet the
/// adjoint identity ⟨dy, conv(x', w)⟩ = ⟨dx, x'⟩ and ⟨dy, conv(x, w')⟩ = ⟨dw, w'⟩ for a random x'
/// or w', where conv is summed in the order of the forward pass.
Verdict real_combination(const ConvProblem& problem, Tensors before, Tensor output,
                         const Rounding& rounding, std::uint64_t seed);

}  // namespace breakeven
