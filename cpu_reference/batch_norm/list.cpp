#include "cpu_reference/batch_norm/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_batch_norm {
CpuImplementation<BatchNormProblem> naive(), threaded(), simd();
}

std::span<const CpuImplementation<BatchNormProblem>> cpu_batch_norm_list() {
  static const CpuImplementation<BatchNormProblem> list[] = {
      cpu_batch_norm::naive(),
      cpu_batch_norm::threaded(),
      cpu_batch_norm::simd(),
  };
  return list;
}

}  // namespace breakeven
