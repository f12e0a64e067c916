// What changed against implicit_gemm: GEMM's mma_multistage multiplies, tensor cores with four
// stages of tiles that come by cp.async; both operands are gathered by 16 bytes, which are
// neighbouring channels of one point, and zero where that is padding.
// Why: tensor cores multiply ten times as fast as CUDA cores, and need no more than operands in
// shared memory, however they came there. The index arithmetic is once for eight elements now
// (bf16, f16), and runs while tiles are multiplied.
// What is left: blocks of 128 columns, of which a layer of 64 channels uses half; wgrad, where
// neighbouring channels are not along the sum.
// Limits: channels last; fprop and dgrad; channels of a group in whole 16 bytes (those of y for
// dgrad too). f32 is multiplied in tf32. As implicit_gemm; architecture 80 and up.
// Measured: on no card yet.
// Instructions: HMMA LDSM LDGSTS.E.128

#include <vector>

#include "kernels/common/launch.h"
#include "kernels/conv/epilogue.h"
#include "kernels/conv/mma_product.h"

namespace breakeven::cuda_conv {
namespace {

template <class T, bool b_along_k>
__global__ void __launch_bounds__(MmaBlock::threads, 2)
    implicit_gemm_mma_kernel(Arguments<T> g, MmaGrid grid) {
  multiply_on_tensor_cores<T, b_along_k>(g, grid, AsItIs());
}

Support supports(const ConvProblem& p) {
  return mma_product_supports(p,
                              reinterpret_cast<const void*>(implicit_gemm_mma_kernel<float, true>));
}

/// Calls `visit` with the type of elements and whether the filter's terms run fastest.
template <class Visit>
void with_instance(const ConvProblem& p, Visit&& visit) {
  with_type_of_f32_sums(p.dtype, [&]<class T>() {
    p.direction == Direction::fprop ? visit.template operator()<T, true>()
                                    : visit.template operator()<T, false>();
  });
}

CudaCall prepare(const ConvProblem& p) {
  with_instance(p, [&]<class T, bool b_along_k>() {
    allow_dynamic_shared(implicit_gemm_mma_kernel<T, b_along_k>, sizeof(MmaShared<T, b_along_k>));
  });
  return {[p, all = undivided_sums(p)](Tensors tensors, Stream stream) {
    with_instance(p, [&]<class T, bool b_along_k>() {
      for (const Sums& sums : all) {
        const MmaGrid grid(matrix_of(sums));
        launch(implicit_gemm_mma_kernel<T, b_along_k>,
               {grid.size(), MmaBlock::threads, sizeof(MmaShared<T, b_along_k>)}, stream,
               Arguments<T>(sums, tensors), grid);
      }
    });
  }};
}

}  // namespace

CudaImplementation<ConvProblem> implicit_gemm_mma() {
  return {"implicit_gemm_mma", Rung::tuned, supports, prepare, tf32_where_f32};
}

}  // namespace breakeven::cuda_conv
