#include "kernels/gemm_bias_gelu/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_gemm_bias_gelu {
CudaImplementation<GemmBiasGeluProblem> naive(), mma_multistage(), cublaslt(), cublaslt_searched();
}

std::span<const CudaImplementation<GemmBiasGeluProblem>> cuda_gemm_bias_gelu_list() {
  static const CudaImplementation<GemmBiasGeluProblem> list[] = {
      cuda_gemm_bias_gelu::naive(),
      cuda_gemm_bias_gelu::mma_multistage(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_gemm_bias_gelu::cublaslt(),
      cuda_gemm_bias_gelu::cublaslt_searched(),
#endif
  };
  return list;
}

}  // namespace breakeven
