#if !BREAKEVEN_CUDA

#include "benchmarks/harness/device.h"

namespace breakeven {

std::unique_ptr<Device> open_cuda_device() { return nullptr; }

}  // namespace breakeven

#endif
