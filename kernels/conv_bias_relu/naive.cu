// relu(conv(x, w) + bias) as the formula says it: one thread per element of y, as conv's naive
// kernel, which adds the bias to its sum and compares it with zero.
// What is wrong with it: as there, every thread reads a window of x and a filter by itself.
// Limits: counts that ints hold (conv/limits.h); bf16 from architecture 80 on.
// Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/conv/naive_sum.h"
#include "kernels/conv_bias_relu/epilogue.h"
#include "operations/conv_bias_relu/problem.h"

namespace breakeven::cuda_conv_bias_relu {
namespace {

using cuda_conv::Arguments, cuda_conv::naive_threads;

template <class T>
__global__ void __launch_bounds__(naive_threads)
    naive_kernel(Arguments<T> g, std::int64_t elements, BiasRelu<T> finished) {
  cuda_conv::compute_element(g, elements, finished);
}

Support supports(const ConvBiasReluProblem& p) {
  return cuda_conv::naive_supports(p.convolution,
                                   reinterpret_cast<const void*>(naive_kernel<Bf16>));
}

CudaCall prepare(const ConvBiasReluProblem& p) {
  return {[dtype = p.convolution.dtype, sums = cuda_conv::sums_of(p.convolution)](Tensors tensors,
                                                                                  Stream stream) {
    cuda_conv::with_element_type(dtype, [&]<class T>() {
      launch(naive_kernel<T>, {static_cast<unsigned>(cuda_conv::naive_blocks(sums)), naive_threads},
             stream, Arguments<T>(sums, convolution_tensors(tensors)),
             cuda_conv::naive_elements(sums), BiasRelu<T>{tensors[2].as<T>()});
    });
  }};
}

}  // namespace

CudaImplementation<ConvBiasReluProblem> naive() {
  return {"naive", Rung::naive, supports, prepare};
}

}  // namespace breakeven::cuda_conv_bias_relu
