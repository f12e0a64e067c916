#pragma once

#include <vector>

#include "benchmarks/harness/contender.h"
#include "benchmarks/harness/session.h"

namespace breakeven {

/// Gives the status `skipped`, with the reason, to each contender that cannot be tried:
/// unsupported, no device, more memory than allowed, a call predicted to pass the cap. The others'
/// `pilot_s` is their predicted time, 0 where a call costs less than predicting.
void admit(const Case& problem, std::vector<Contender>& contenders, Session& session);

/// Skips the contenders whose verification and repetitions do not fit together in `allowance_s`,
/// the slowest first. If the fastest of each side do not fit, all are skipped: half a pair answers
/// nothing.
void fit_to_allowance(std::vector<Contender>& contenders, double allowance_s,
                      const Session& session);

/// Host memory that measuring the problem takes: rotating sets, two tiers of check data [B].
std::size_t host_bytes_needed(const ProblemView& problem, std::size_t cold_bytes);

}  // namespace breakeven
