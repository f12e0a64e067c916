#pragma once

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "operations/implementation.h"
#include "tests/support/problem_tensors.h"

namespace breakeven::test {

/// A tensor's copy on the device. On a GPU it lies between two guards of NaN that no kernel may
/// touch; under AddressSanitizer the allocation itself is guarded and of the tensor's exact size.
class DeviceCopy {
 public:
  explicit DeviceCopy(const Tensor& host)
      : bytes_(host.bytes()),
        memory_(make_device_buffer(guard_bytes + bytes_ + guard_bytes)),
        tensor_{static_cast<std::byte*>(memory_.get()) + guard_bytes, host.dtype, host.elements} {
    BREAKEVEN_CUDA_CHECK(
        cudaMemset(memory_.get(), guard_value, guard_bytes + bytes_ + guard_bytes));
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(tensor_.data, host.data, bytes_, cudaMemcpyHostToDevice));
  }

  Tensor tensor() const { return tensor_; }

  void copy_to(void* host) const {
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(host, tensor_.data, bytes_, cudaMemcpyDeviceToHost));
  }

  bool guards_are_whole() const {
    std::vector<unsigned char> all(guard_bytes + bytes_ + guard_bytes);
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(all.data(), memory_.get(), all.size(), cudaMemcpyDeviceToHost));
    const auto is_guard = [](unsigned char byte) { return byte == guard_value; };
    return std::all_of(all.begin(), all.begin() + guard_bytes, is_guard) &&
           std::all_of(all.end() - guard_bytes, all.end(), is_guard);
  }

 private:
#ifdef BREAKEVEN_ASAN
  static constexpr std::ptrdiff_t guard_bytes = 0;
#else
  static constexpr std::ptrdiff_t guard_bytes = 4096;
#endif
  static constexpr unsigned char guard_value = 0xff;
  std::size_t bytes_;
  DeviceBuffer memory_;
  Tensor tensor_;
};

/// Runs an implementation once on copies of those tensors and brings its output back into them.
/// Nothing else may be written.
template <class Problem>
void run_on_device(const CudaImplementation<Problem>& implementation, const Problem& p,
                   const ProblemTensors& tensors) {
  std::vector<DeviceCopy> copies;
  std::vector<Tensor> device;
  for (const Tensor& tensor : tensors.call()) {
    copies.emplace_back(tensor);
    device.push_back(copies.back().tensor());
  }
  const CudaStream stream = make_stream();
  const CudaCall call = implementation.prepare(p);
  DeviceBuffer packed;
  if (call.packed_bytes > 0) {
    packed = make_device_buffer(call.packed_bytes);
    device.push_back({packed.get(), Dtype::f32, 0});
  }
  if (call.pack) call.pack(device, stream.get());
  call.run(device, stream.get());
  BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));

  for (std::size_t i = 0; i < copies.size(); ++i) {
    EXPECT_TRUE(copies[i].guards_are_whole()) << "written beside tensor " << i;
    const Tensor host = tensors.call()[i];
    std::vector<std::byte> before(host.bytes());
    std::memcpy(before.data(), host.data, before.size());
    copies[i].copy_to(host.data);
    if (!tensors.is_output(i)) {
      EXPECT_EQ(std::memcmp(before.data(), host.data, before.size()), 0) << "an input was changed";
    }
  }
}

}  // namespace breakeven::test
