#pragma once

#include <cuda_runtime_api.h>

#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"

namespace breakeven::test {

/// A vector on the device.
template <class T>
class DeviceArray {
 public:
  /// Not written: holds the schedule's poison.
  explicit DeviceArray(std::size_t elements)
      : elements_(elements), memory_(make_device_buffer(elements * sizeof(T))) {}
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    BREAKEVEN_CUDA_CHECK(
        cudaMemcpy(data(), values.data(), elements_ * sizeof(T), cudaMemcpyHostToDevice));
  }

  T* data() const { return static_cast<T*>(memory_.get()); }
  std::vector<T> values() const {
    std::vector<T> values(elements_);
    BREAKEVEN_CUDA_CHECK(
        cudaMemcpy(values.data(), data(), elements_ * sizeof(T), cudaMemcpyDeviceToHost));
    return values;
  }

 private:
  std::size_t elements_;
  DeviceBuffer memory_;
};

}  // namespace breakeven::test
