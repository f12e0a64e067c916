#include "kernels/common/handles.h"

#include "kernels/common/error.h"

namespace breakeven {

CudaStream make_stream() {
  cudaStream_t stream = nullptr;
  BREAKEVEN_CUDA_CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  return CudaStream(stream);
}

CudaEvent make_event() {
  cudaEvent_t event = nullptr;
  BREAKEVEN_CUDA_CHECK(cudaEventCreate(&event));
  return CudaEvent(event);
}

DeviceBuffer make_device_buffer(std::size_t bytes) {
  void* memory = nullptr;
  BREAKEVEN_CUDA_CHECK(cudaMalloc(&memory, bytes));
  return DeviceBuffer(memory);
}

DeviceBuffer made_up(const TensorSpec& spec) {
  DeviceBuffer buffer = make_device_buffer(spec.bytes());
  BREAKEVEN_CUDA_CHECK(cudaMemset(buffer.get(), 0x2c, spec.bytes()));
  return buffer;
}

PinnedBuffer make_pinned_buffer(std::size_t bytes) {
  void* memory = nullptr;
  BREAKEVEN_CUDA_CHECK(cudaHostAlloc(&memory, bytes, cudaHostAllocMapped));
  return PinnedBuffer(memory);
}

}  // namespace breakeven
