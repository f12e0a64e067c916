#include "cpu_reference/softmax_cross_entropy/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cpu_softmax_cross_entropy {
CpuImplementation<SoftmaxCrossEntropyProblem> naive(), threaded(), simd();
}

std::span<const CpuImplementation<SoftmaxCrossEntropyProblem>> cpu_softmax_cross_entropy_list() {
  static const CpuImplementation<SoftmaxCrossEntropyProblem> list[] = {
      cpu_softmax_cross_entropy::naive(),
      cpu_softmax_cross_entropy::threaded(),
      cpu_softmax_cross_entropy::simd(),
  };
  return list;
}

}  // namespace breakeven
