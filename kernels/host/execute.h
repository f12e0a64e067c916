#pragma once

#include "kernels/host/block.h"

namespace breakeven::host {

/// Executes all blocks of a launch under the settings in force, spread over host threads, and
/// returns when the last one ended. Throws CudaError for a shape that the device model refuses.
void execute(const Launch& launch);

}  // namespace breakeven::host
