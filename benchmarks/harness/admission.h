#pragma once

#include <vector>

#include "benchmarks/harness/contender.h"
#include "benchmarks/harness/session.h"

namespace breakeven {

/// Gives the status `skipped`, with the reason, to each contender that cannot or need not be tried:
/// unsupported, no device, more memory than allowed, a call predicted to pass the cap or the
/// allowance. If that takes every all-thread contender of one side, the other side is skipped too:
/// half a pair answers nothing.
void admit(const Case& problem, std::vector<Contender>& contenders, double allowance_s,
           Session& session);

/// Host memory that measuring the problem takes: rotating sets, two tiers of check data [B].
std::size_t host_bytes_needed(const ProblemView& problem, std::size_t cold_bytes);

}  // namespace breakeven
