#include "cpu_reference/pool/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_pool {
CpuImplementation<PoolProblem> naive(), threaded(), simd(), across_images(), onednn();
}

std::span<const CpuImplementation<PoolProblem>> cpu_pool_list() {
  static const CpuImplementation<PoolProblem> list[] = {
      cpu_pool::naive(),         cpu_pool::threaded(), cpu_pool::simd(),
      cpu_pool::across_images(), cpu_pool::onednn(),
  };
  return list;
}

}  // namespace breakeven
