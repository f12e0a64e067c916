// What changed against naive: conv's implicit_gemm_mma, implicit GEMM on tensor cores, whose
// threads add the bias and compare with zero while the sums are in their registers. Why: bias and
// relu alone would read and write y once more, which takes about as long as a 1×1 convolution of
// few channels. What is left: as there, and each bias is read by every row of a warp's tile.
// Limits: channels last; channels of a group of x in whole 16 bytes. f32 is multiplied in tf32.
// Architecture 80 and up.
// Measured: on no card yet.
// Instructions: HMMA LDSM LDGSTS.E.128

#include "kernels/common/launch.h"
#include "kernels/conv/mma_product.h"
#include "kernels/conv_bias_relu/epilogue.h"
#include "operations/conv_bias_relu/problem.h"

namespace breakeven::cuda_conv_bias_relu {
namespace {

using cuda_conv::Arguments, cuda_conv::MmaBlock, cuda_conv::MmaGrid;
template <class T>
using Shared = cuda_conv::MmaShared<T, true>;

template <class T>
__global__ void __launch_bounds__(MmaBlock::threads, 2)
    implicit_gemm_mma_kernel(Arguments<T> g, MmaGrid grid, BiasRelu<T> finished) {
  cuda_conv::multiply_on_tensor_cores<T, true>(g, grid, finished);
}

Support supports(const ConvBiasReluProblem& p) {
  return cuda_conv::mma_product_supports(
      p.convolution, reinterpret_cast<const void*>(implicit_gemm_mma_kernel<float>));
}

CudaCall prepare(const ConvBiasReluProblem& p) {
  const Dtype dtype = p.convolution.dtype;
  cuda_conv::with_type_of_f32_sums(dtype, [&]<class T>() {
    allow_dynamic_shared(implicit_gemm_mma_kernel<T>, sizeof(Shared<T>));
  });
  return {[dtype, sums = cuda_conv::sums_of(p.convolution)](Tensors tensors, Stream stream) {
    const MmaGrid grid(cuda_conv::matrix_of(sums));
    cuda_conv::with_type_of_f32_sums(dtype, [&]<class T>() {
      launch(implicit_gemm_mma_kernel<T>, {grid.size(), MmaBlock::threads, sizeof(Shared<T>)},
             stream, Arguments<T>(sums, convolution_tensors(tensors)), grid,
             BiasRelu<T>{tensors[2].as<T>()});
    });
  }};
}

MathMode math_mode(const ConvBiasReluProblem& p) {
  return cuda_conv::tf32_where_f32(p.convolution);
}

}  // namespace

CudaImplementation<ConvBiasReluProblem> implicit_gemm_mma() {
  return {"implicit_gemm_mma", Rung::tuned, supports, prepare, math_mode};
}

}  // namespace breakeven::cuda_conv_bias_relu
