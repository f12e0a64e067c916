#pragma once

#include <cuda_runtime_api.h>

#include <string>

namespace breakeven::test {

/// Why no CUDA device can be used here; empty if one can.
inline std::string no_gpu() {
  int count = 0;  // not touched on failure
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    return std::string("no GPU here: ") + cudaGetErrorString(status);
  }
  return count == 0 ? "no GPU here: the driver shows none" : "";
}

}  // namespace breakeven::test

/// First line of a test that needs a GPU: skips it with the reason where there is none.
#define BREAKEVEN_NEEDS_GPU()                                                  \
  if (const std::string reason = ::breakeven::test::no_gpu(); !reason.empty()) \
  GTEST_SKIP() << reason
