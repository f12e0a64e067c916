#pragma once

#include <string_view>

#include "operations/implementation.h"

namespace breakeven {

/// Multiprocessors of the current device. Throws CudaError where there is none.
int multiprocessors();

/// Whether the code of that kernel that the current device runs was compiled for at least that
/// architecture (80 for 8.0), which `what` asks for. Not the same as what the device has: from PTX
/// of an older architecture it gets a kernel without.
Support needs_architecture(const void* kernel, int architecture, std::string_view what);

}  // namespace breakeven
