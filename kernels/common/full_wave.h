#pragma once

#include <cuda_runtime.h>

#include "kernels/common/error.h"

namespace breakeven {

/// A block of that many threads for every place that the current device has for this kernel: one
/// full wave. Throws CudaError.
template <class Kernel>
dim3 full_wave(Kernel* kernel, int block_threads) {
  int device = 0, multiprocessors = 0, blocks = 0;
  BREAKEVEN_CUDA_CHECK(cudaGetDevice(&device));
  BREAKEVEN_CUDA_CHECK(
      cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device));
  BREAKEVEN_CUDA_CHECK(
      cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, block_threads, 0));
  return dim3(static_cast<unsigned>(multiprocessors * blocks));
}

}  // namespace breakeven
