#pragma once

#include <vector>

#include "operations/library.h"

namespace breakeven {

/// The CPU libraries in use: OpenBLAS, oneDNN.
std::vector<Library> cpu_libraries();

}  // namespace breakeven
