#pragma once

#include <cstddef>
#include <functional>

#include "operations/implementation.h"

namespace breakeven {

/// The fastest of `count` plans of a library on this device, by the median of three rounds that
/// time each of them for a millisecond. `run` enqueues one call of a plan. Throws CudaError.
std::size_t fastest_plan(std::size_t count, const std::function<void(std::size_t, Stream)>& run);

}  // namespace breakeven
