#include "kernels/elementwise/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_elementwise {
CudaImplementation<ElementwiseProblem> naive(), vectorized();
}

std::span<const CudaImplementation<ElementwiseProblem>> cuda_elementwise_list() {
  static const CudaImplementation<ElementwiseProblem> list[] = {
      cuda_elementwise::naive(),
      cuda_elementwise::vectorized(),
  };
  return list;
}

}  // namespace breakeven
