#include "kernels/gemm_epilogue/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_gemm_epilogue {
CudaImplementation<GemmEpilogueProblem> naive(), mma_multistage(), cublaslt(), cublaslt_searched();
}

std::span<const CudaImplementation<GemmEpilogueProblem>> cuda_gemm_epilogue_list() {
  static const CudaImplementation<GemmEpilogueProblem> list[] = {
      cuda_gemm_epilogue::naive(),
      cuda_gemm_epilogue::mma_multistage(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_gemm_epilogue::cublaslt(),
      cuda_gemm_epilogue::cublaslt_searched(),
#endif
  };
  return list;
}

}  // namespace breakeven
