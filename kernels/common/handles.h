#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>

#include "operations/tensor.h"

namespace breakeven {

/// Gives a CUDA resource back; an error there has nobody left to tell.
struct CudaRelease {
  void operator()(cudaStream_t stream) const { cudaStreamDestroy(stream); }
  void operator()(cudaEvent_t event) const { cudaEventDestroy(event); }
  void operator()(cudaGraph_t graph) const { cudaGraphDestroy(graph); }
  void operator()(cudaGraphExec_t graph) const { cudaGraphExecDestroy(graph); }
};
struct DeviceFree {
  void operator()(void* memory) const { cudaFree(memory); }
};
struct PinnedFree {
  void operator()(void* memory) const { cudaFreeHost(memory); }
};

using CudaStream = std::unique_ptr<CUstream_st, CudaRelease>;
using CudaEvent = std::unique_ptr<CUevent_st, CudaRelease>;
using Graph = std::unique_ptr<CUgraph_st, CudaRelease>;
using GraphExec = std::unique_ptr<CUgraphExec_st, CudaRelease>;
using DeviceBuffer = std::unique_ptr<void, DeviceFree>;
using PinnedBuffer = std::unique_ptr<void, PinnedFree>;

/// All throw CudaError; `out_of_memory()` tells an allocation that did not fit.

/// A stream that does not wait for the default one.
CudaStream make_stream();
/// An event that records time.
CudaEvent make_event();
/// Device memory, aligned to 256 bytes.
DeviceBuffer make_device_buffer(std::size_t bytes);
/// Device memory of a tensor's size that holds small numbers: zeros would draw less power.
DeviceBuffer made_up(const TensorSpec& spec);
/// Page-locked host memory that the device sees at the same address.
PinnedBuffer make_pinned_buffer(std::size_t bytes);

}  // namespace breakeven
