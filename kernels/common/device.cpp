#include "kernels/common/device.h"

#include <cuda_runtime_api.h>

#include <string>

#include "kernels/common/error.h"

namespace breakeven {

int multiprocessors() {
  int device = 0, count = 0;
  BREAKEVEN_CUDA_CHECK(cudaGetDevice(&device));
  BREAKEVEN_CUDA_CHECK(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device));
  return count;
}

Support needs_architecture(const void* kernel, int architecture, std::string_view what) {
  cudaFuncAttributes attributes{};
  BREAKEVEN_CUDA_CHECK(cudaFuncGetAttributes(&attributes, kernel));
  if (attributes.ptxVersion >= architecture) return Support::yes();
  return Support::no(std::string(what) + " needs code for architecture " +
                     std::to_string(architecture) + " or newer, and what this device runs is for " +
                     std::to_string(attributes.ptxVersion));
}

}  // namespace breakeven
