#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <type_traits>

#include "kernels/common/error.h"
#include "kernels/common/source_place.h"
#include "operations/implementation.h"
#ifdef BREAKEVEN_ON_HOST
#include "kernels/host/execute.h"
#endif

namespace breakeven {

/// How a kernel is launched, and where, for the message of a launch that fails.
struct LaunchShape {
  dim3 grid;
  dim3 block;
  std::size_t dynamic_shared_bytes = 0;  // what `dynamic_shared` (shared_memory.h) gives
  SourcePlace place = SourcePlace::here();
};

/// Enqueues a kernel: launch(kernel, {grid, block}, stream, arguments...), converted as in a call.
/// Every launch of the project goes through here and not through <<<>>>: here it is checked, and
/// here a build without nvcc executes the kernel on the host instead. Throws CudaError naming the
/// place of the launch, also for a shape that the device refuses.
template <class... Parameters>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, Stream stream,
            std::type_identity_t<Parameters>... arguments) {
#ifdef BREAKEVEN_ON_HOST
  static_cast<void>(stream);  // done with all that was enqueued before
  host::execute({.kernel = reinterpret_cast<const void*>(kernel),
                 .body = [&] { kernel(arguments...); },
                 .grid = shape.grid,
                 .block = shape.block,
                 .dynamic_shared_bytes = shape.dynamic_shared_bytes,
                 .place = shape.place});
#else
  // Never empty: a kernel without parameters has an array too.
  void* addresses[] = {static_cast<void*>(&arguments)..., nullptr};
  check_cuda(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), shape.grid, shape.block,
                              addresses, shape.dynamic_shared_bytes, stream),
             "kernel launch", shape.place);
#endif
}

/// Allows launches of the kernel with more dynamic shared memory than the 48 KiB that all have.
/// Throws CudaError where the device has less.
template <class... Parameters>
void allow_dynamic_shared(void (*kernel)(Parameters...), std::size_t bytes) {
  BREAKEVEN_CUDA_CHECK(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                                            cudaFuncAttributeMaxDynamicSharedMemorySize,
                                            static_cast<int>(bytes)));
}

}  // namespace breakeven
