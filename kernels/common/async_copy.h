#pragma once

#include <cuda_runtime.h>

#include "kernels/common/place_argument.h"
#ifdef BREAKEVEN_ON_HOST
#include "kernels/host/block.h"
#endif

namespace breakeven {

/// cp.async: copies from global to shared memory that go on while the thread does (PTX ISA,
/// "Data Movement and Conversion Instructions: cp.async"). Compute capability 8.0 and up; where
/// they cannot run, `supports` says no (needs_architecture in device.h).

/// Starts copying `bytes` (4, 8 or 16; both addresses are multiples of it). Where `valid` is false,
/// nothing is read and the destination becomes zeros. 16 bytes pass the L1 by.
template <int bytes>
__device__ inline void copy_async(void* shared, const void* global, bool valid BREAKEVEN_PLACE) {
  static_assert(bytes == 4 || bytes == 8 || bytes == 16, "cp.async copies 4, 8 or 16 bytes");
#ifdef BREAKEVEN_ON_HOST
  host::Block::executing()->copy_async(shared, global, bytes, valid ? bytes : 0, place);
#elif __CUDA_ARCH__ >= 800
  const auto to = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  const int from_bytes = valid ? bytes : 0;
  if constexpr (bytes == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(global),
                 "r"(from_bytes)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(to), "l"(global), "n"(bytes),
                 "r"(from_bytes)
                 : "memory");
  }
#else
  __trap();
#endif
}

/// Ends a group: all copies this thread started since the last one.
__device__ inline void commit_copies() {
#ifdef BREAKEVEN_ON_HOST
  host::Block::executing()->commit_copies();
#elif __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Waits until all but the latest `groups` groups of this thread are complete. Other threads see
/// them after a barrier.
template <int groups>
__device__ inline void wait_copies() {
#ifdef BREAKEVEN_ON_HOST
  host::Block::executing()->wait_copies(groups);
#elif __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(groups) : "memory");
#endif
}

}  // namespace breakeven
