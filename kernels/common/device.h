#pragma once

#include <string_view>

#include "operations/implementation.h"

namespace breakeven {

/// Multiprocessors of the current device. Throws CudaError where there is none.
int multiprocessors();

/// Whether the current device has at least that compute capability, which `what` asks for.
Support needs_compute_capability(int major, int minor, std::string_view what);

}  // namespace breakeven
