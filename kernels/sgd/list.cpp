#include "kernels/sgd/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_sgd {
CudaImplementation<SgdProblem> naive(), vectorized();
}

std::span<const CudaImplementation<SgdProblem>> cuda_sgd_list() {
  static const CudaImplementation<SgdProblem> list[] = {
      cuda_sgd::naive(),
      cuda_sgd::vectorized(),
  };
  return list;
}

}  // namespace breakeven
