#pragma once

#include "benchmarks/harness/json.h"
#include "benchmarks/harness/measurement.h"

namespace breakeven {

/// The `pair` rows of a measured problem: for each pairing, cache state and kind of host memory.
/// Winners were chosen on the pilot; the figures are of the repetitions alone.
std::vector<Json> pair_rows(const Case& problem, const CaseResult& result, int all_threads);

}  // namespace breakeven
