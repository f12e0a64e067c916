#include "cpu_reference/sgd/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_sgd {
CpuImplementation<SgdProblem> naive(), simd();
}

std::span<const CpuImplementation<SgdProblem>> cpu_sgd_list() {
  static const CpuImplementation<SgdProblem> list[] = {
      cpu_sgd::naive(),
      cpu_sgd::simd(),
  };
  return list;
}

}  // namespace breakeven
