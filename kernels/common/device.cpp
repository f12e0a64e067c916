#include "kernels/common/device.h"

#include <cuda_runtime_api.h>

#include <string>

#include "kernels/common/error.h"

namespace breakeven {
namespace {

int attribute(cudaDeviceAttr which) {
  int device = 0, value = 0;
  BREAKEVEN_CUDA_CHECK(cudaGetDevice(&device));
  BREAKEVEN_CUDA_CHECK(cudaDeviceGetAttribute(&value, which, device));
  return value;
}

}  // namespace

int multiprocessors() { return attribute(cudaDevAttrMultiProcessorCount); }

Support needs_compute_capability(int major, int minor, std::string_view what) {
  const int has_major = attribute(cudaDevAttrComputeCapabilityMajor);
  const int has_minor = attribute(cudaDevAttrComputeCapabilityMinor);
  if (has_major > major || (has_major == major && has_minor >= minor)) return Support::yes();
  const auto text = [](int first, int second) {
    return std::to_string(first) + "." + std::to_string(second);
  };
  return Support::no(std::string(what) + " needs compute capability " + text(major, minor) +
                     ", and this device has " + text(has_major, has_minor));
}

}  // namespace breakeven
