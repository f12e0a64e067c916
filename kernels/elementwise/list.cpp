#include "kernels/elementwise/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_elementwise {
CudaImplementation<ElementwiseProblem> naive(), vectorized(), cudnn();
}

std::span<const CudaImplementation<ElementwiseProblem>> cuda_elementwise_list() {
  static const CudaImplementation<ElementwiseProblem> list[] = {
      cuda_elementwise::naive(),
      cuda_elementwise::vectorized(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_elementwise::cudnn(),
#endif
  };
  return list;
}

}  // namespace breakeven
