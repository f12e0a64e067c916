#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace breakeven {

/// Wrappers of device instructions that plain CUDA C++ cannot say; kernels contain no asm.

/// %globaltimer: nanoseconds since an arbitrary start, the same for all SMs; ticks about every 1
/// µs.
__device__ inline std::uint64_t global_timer_ns() {
  std::uint64_t now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
}

}  // namespace breakeven
