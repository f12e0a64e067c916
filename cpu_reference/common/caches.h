#pragma once

#include <unistd.h>

#include <cstddef>

namespace breakeven {

/// Bytes of one core's first-level data cache, of its second-level cache, and of the last level.
struct Caches {
  std::size_t l1;
  std::size_t l2;
  std::size_t l3;
};

/// Those of this machine; common sizes where the system does not say.
inline Caches caches() {
  Caches found{32 << 10, 512 << 10, 16 << 20};
#if defined(_SC_LEVEL1_DCACHE_SIZE)
  if (const long l1 = sysconf(_SC_LEVEL1_DCACHE_SIZE); l1 > 0)
    found.l1 = static_cast<std::size_t>(l1);
  if (const long l2 = sysconf(_SC_LEVEL2_CACHE_SIZE); l2 > 0)
    found.l2 = static_cast<std::size_t>(l2);
  if (const long l3 = sysconf(_SC_LEVEL3_CACHE_SIZE); l3 > 0)
    found.l3 = static_cast<std::size_t>(l3);
#endif
  return found;
}

}  // namespace breakeven
