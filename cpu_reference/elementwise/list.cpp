#include "cpu_reference/elementwise/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_elementwise {
CpuImplementation<ElementwiseProblem> naive(), simd(), onednn();
}

std::span<const CpuImplementation<ElementwiseProblem>> cpu_elementwise_list() {
  static const CpuImplementation<ElementwiseProblem> list[] = {
      cpu_elementwise::naive(),
      cpu_elementwise::simd(),
      cpu_elementwise::onednn(),
  };
  return list;
}

}  // namespace breakeven
