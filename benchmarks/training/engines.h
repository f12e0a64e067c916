#pragma once

#include <string_view>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "operations/training/problem.h"

namespace breakeven {

/// All engines of both sides, as far as this build has them, bound to a problem.
std::vector<Candidate> engines_for(const NetworkProblem& problem);

/// The engine of that name on a side. Throws std::invalid_argument naming those that there are.
Candidate engine_named(std::string_view name, Side side, const NetworkProblem& problem);

}  // namespace breakeven
