#pragma once

#include <cstddef>

namespace breakeven::host {

/// The dynamic shared memory that cudaFuncSetAttribute allowed for a kernel; 0 if it was not asked.
std::size_t opted_in_shared(const void* kernel);

}  // namespace breakeven::host
