#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <type_traits>

#include "kernels/common/error.h"
#include "kernels/common/source_place.h"
#include "operations/implementation.h"

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
  // Never empty: a kernel without parameters has an array too.
  void* addresses[] = {static_cast<void*>(&arguments)..., nullptr};
  check_cuda(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), shape.grid, shape.block,
                              addresses, shape.dynamic_shared_bytes, stream),
             "kernel launch", shape.place);
}

}  // namespace breakeven
