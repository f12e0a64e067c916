#include "cpu_reference/bias/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_bias {
CpuImplementation<BiasProblem> naive(), simd(), onednn();
}

std::span<const CpuImplementation<BiasProblem>> cpu_bias_list() {
  static const CpuImplementation<BiasProblem> list[] = {
      cpu_bias::naive(),
      cpu_bias::simd(),
      cpu_bias::onednn(),
  };
  return list;
}

}  // namespace breakeven
