#include "kernels/gemm/list.h"

namespace breakeven {

// Each is defined in the file of its name.
namespace cuda_gemm {
CudaImplementation<GemmProblem> naive(), coalesced(), shared_tile(), register_tile_1d(),
    register_tile_2d(), vectorized(), warp_tile(), double_buffered(), multistage(), split_k(),
    wmma(), mma_sync(), mma_swizzled(), mma_multistage(), mma_tuned(), cublas(), cublas_tf32(),
    cublaslt(), cublaslt_searched(), cublaslt_tf32(), cublaslt_tf32_searched();
}

std::span<const CudaImplementation<GemmProblem>> cuda_gemm_list() {
  static const CudaImplementation<GemmProblem> list[] = {
      cuda_gemm::naive(),
      cuda_gemm::coalesced(),
      cuda_gemm::shared_tile(),
      cuda_gemm::register_tile_1d(),
      cuda_gemm::register_tile_2d(),
      cuda_gemm::vectorized(),
      cuda_gemm::warp_tile(),
      cuda_gemm::double_buffered(),
      cuda_gemm::multistage(),
      cuda_gemm::split_k(),
      cuda_gemm::wmma(),
      cuda_gemm::mma_sync(),
      cuda_gemm::mma_swizzled(),
      cuda_gemm::mma_multistage(),
      cuda_gemm::mma_tuned(),
#ifndef BREAKEVEN_ON_HOST  // a library needs a GPU
      cuda_gemm::cublas(),
      cuda_gemm::cublas_tf32(),
      cuda_gemm::cublaslt(),
      cuda_gemm::cublaslt_searched(),
      cuda_gemm::cublaslt_tf32(),
      cuda_gemm::cublaslt_tf32_searched(),
#endif
  };
  return list;
}

}  // namespace breakeven
