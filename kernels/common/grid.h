#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "operations/support.h"

namespace breakeven {

/// Whether a grid, which is one-dimensional because only x goes that far, holds so many blocks.
inline Support fits_grid(std::int64_t blocks) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  if (blocks <= most) return Support::yes();
  return Support::no("it takes " + std::to_string(blocks) + " blocks, a grid has at most " +
                     std::to_string(most));
}

/// Whether vectors of 16 bytes can be read and written from there on.
inline bool is_aligned(const void* data) {
  return reinterpret_cast<std::uintptr_t>(data) % 16 == 0;
}

}  // namespace breakeven
