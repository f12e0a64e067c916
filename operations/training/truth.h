#pragma once

#include "operations/oracle.h"
#include "operations/training/problem.h"

namespace breakeven {

/// The truth of a network's outputs: the plan in float64. Of each parameter, its gradient (its
/// momentum, which is 0 before) and each of the other outputs the L2 norm of the distance may be
/// 4 times that of
///   - what the same loops give in f32,
///   - what becomes of it where rounding decides on which side of a kink a number lies (see
///     execute_reference), and
///   - one rounding of each element.
/// There is no element by itself, and no exact tier.
Oracle network_oracle(const NetworkProblem& problem);

}  // namespace breakeven
