// The part of the CUDA runtime that kernels and their tests call, for a host that plays the device.
// Memory is the host's, each allocation of exactly the size that was asked for; streams are done
// with everything as soon as it is enqueued.

#include "kernels/host/runtime.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "kernels/host/device_model.h"
#include "kernels/host/schedule.h"

namespace breakeven::host {
namespace {

std::mutex opt_ins_mutex;
std::map<const void*, std::size_t> opt_ins;

/// As aligned as cudaMalloc's.
cudaError_t allocate(void** memory, std::size_t bytes) {
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  constexpr std::size_t alignment = 256;
  if (posix_memalign(memory, alignment, bytes) != 0) return cudaErrorMemoryAllocation;
  std::memset(*memory, settings().schedule.poison, bytes);
  return cudaSuccess;
}

/// A stream or an event is only a name here.
template <class Handle>
cudaError_t make_handle(Handle* handle) {
  *handle = static_cast<Handle>(std::malloc(1));
  return cudaSuccess;
}

}  // namespace

DeviceModel& device_model() {
  static DeviceModel device;
  return device;
}

std::size_t opted_in_shared(const void* kernel) {
  const std::lock_guard lock(opt_ins_mutex);
  const auto found = opt_ins.find(kernel);
  return found == opt_ins.end() ? 0 : found->second;
}

}  // namespace breakeven::host

using namespace breakeven::host;

extern "C" {

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  const DeviceModel& device = device_model();
  switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
      *value = device.multiprocessors;
      return cudaSuccess;
    default:
      return cudaErrorNotSupported;
  }
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  *attributes = {};
  attributes->ptxVersion = attributes->binaryVersion =
      10 * device_model().major + device_model().minor;
  return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaErrorNotSupported;
  const auto bytes = static_cast<std::size_t>(value);
  if (value < 0 || bytes > device_model().shared_per_block_opt_in) return cudaErrorInvalidValue;
  const std::lock_guard lock(opt_ins_mutex);
  opt_ins[kernel] = bytes;
  return cudaSuccess;
}

// What cudaOccupancyMaxActiveBlocksPerMultiprocessor calls.
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void*,
                                                                   int block_threads,
                                                                   std::size_t shared, unsigned) {
  const DeviceModel& device = device_model();
  *blocks = device.threads_per_multiprocessor / block_threads;
  if (shared > 0) {
    *blocks = std::min(*blocks, static_cast<int>(device.shared_per_multiprocessor / shared));
  }
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) { return allocate(memory, bytes); }
cudaError_t cudaHostAlloc(void** memory, std::size_t bytes, unsigned) {
  return allocate(memory, bytes);
}
cudaError_t cudaFree(void* memory) {
  std::free(memory);
  return cudaSuccess;
}
cudaError_t cudaFreeHost(void* memory) { return cudaFree(memory); }

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind) {
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}
cudaError_t cudaMemset(void* memory, int value, std::size_t bytes) {
  std::memset(memory, value, bytes);
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  return make_handle(stream);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) { return cudaFree(stream); }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventCreate(cudaEvent_t* event) { return make_handle(event); }
cudaError_t cudaEventDestroy(cudaEvent_t event) { return cudaFree(event); }

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorInvalidConfiguration:
      return "cudaErrorInvalidConfiguration";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorNotSupported:
      return "cudaErrorNotSupported";
    default:
      return "a CUDA error";
  }
}
const char* cudaGetErrorString(cudaError_t) { return "on the host that executes the kernels"; }

}  // extern "C"
