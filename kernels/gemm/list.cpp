#include "kernels/gemm/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_gemm {
CudaImplementation<GemmProblem> naive(), coalesced(), cublas();
}

std::span<const CudaImplementation<GemmProblem>> cuda_gemm_list() {
  static const CudaImplementation<GemmProblem> list[] = {
      cuda_gemm::naive(),
      cuda_gemm::coalesced(),
#ifndef BREAKEVEN_ON_HOST
      cuda_gemm::cublas(),
#endif
  };
  return list;
}

}  // namespace breakeven
