// Convolution as the formula says it: one thread per element of the result, y, dx or dw, and in it
// loops over the sum. Neighbouring threads compute neighbours in memory.
// What is wrong with it: every thread reads a whole window of x (or dy) and a whole filter by
// itself, though its neighbours read almost the same; and dgrad tries taps that a stride leaves
// out.
// Limits: counts that ints hold (limits.h); bf16 from architecture 80 on.
// Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/conv/epilogue.h"
#include "kernels/conv/naive_sum.h"

namespace breakeven::cuda_conv {
namespace {

template <class T>
__global__ void __launch_bounds__(naive_threads)
    naive_kernel(Arguments<T> g, std::int64_t elements) {
  compute_element(g, elements, AsItIs());
}

Support supports(const ConvProblem& p) {
  return naive_supports(p, reinterpret_cast<const void*>(naive_kernel<Bf16>));
}

CudaCall prepare(const ConvProblem& p) {
  return {[dtype = p.dtype, sums = sums_of(p)](Tensors tensors, Stream stream) {
    with_element_type(dtype, [&]<class T>() {
      launch(naive_kernel<T>, {static_cast<unsigned>(naive_blocks(sums)), naive_threads}, stream,
             Arguments<T>(sums, tensors), naive_elements(sums));
    });
  }};
}

}  // namespace

CudaImplementation<ConvProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_conv
