#pragma once

#include <cuda_runtime.h>

#include "kernels/host/block.h"

/// What every CUDA kernel finds declared: where the thread stands, and its block's barrier. Host
/// meanings of the device's builtins, under their own names.

inline constinit thread_local uint3 threadIdx{}, blockIdx{};
inline constinit thread_local dim3 blockDim{}, gridDim{};
inline constexpr int warpSize = 32;

inline void __syncthreads(breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  breakeven::host::Block::executing()->barrier(place);
}
