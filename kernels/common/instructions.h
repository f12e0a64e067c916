#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#ifdef BREAKEVEN_ON_HOST
#include <chrono>
#endif

namespace breakeven {

/// Wrappers of device instructions that plain CUDA C++ cannot say; kernels contain no asm.

/// %globaltimer: nanoseconds since an arbitrary start, the same for all SMs; ticks about every 1
/// µs.
__device__ inline std::uint64_t global_timer_ns() {
#ifdef BREAKEVEN_ON_HOST
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
#else
  std::uint64_t now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
#endif
}

}  // namespace breakeven
