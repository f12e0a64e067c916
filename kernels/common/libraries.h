#pragma once

#include <vector>

#include "operations/library.h"

namespace breakeven {

/// The CUDA libraries in use: runtime, cuBLAS (opened at run time, named as missing where it is).
std::vector<Library> cuda_libraries();

}  // namespace breakeven
