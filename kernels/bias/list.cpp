#include "kernels/bias/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_bias {
CudaImplementation<BiasProblem> naive(), vectorized(), tree(), cudnn();
}

std::span<const CudaImplementation<BiasProblem>> cuda_bias_list() {
  static const CudaImplementation<BiasProblem> list[] = {
      cuda_bias::naive(),
      cuda_bias::vectorized(),
      cuda_bias::tree(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_bias::cudnn(),
#endif
  };
  return list;
}

}  // namespace breakeven
