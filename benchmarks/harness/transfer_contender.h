#pragma once

#include <vector>

#include "benchmarks/harness/measurement.h"

namespace breakeven {

/// Chooses whose computation is inside the end-to-end region, and so the CUDA side of the pairs: of
/// those with warm repetitions among the `measured` units the fastest in the pilot.
void choose_transfer_contender(CaseResult& result, const std::vector<Unit>& measured);

/// If it has failed since, the next of the pilot takes its place, or nobody where none is left.
/// What was measured of whole trips goes with it; the copies are the same for all and stay.
void replace_failed_transfer_contender(CaseResult& result);

}  // namespace breakeven
