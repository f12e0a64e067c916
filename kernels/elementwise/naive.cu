// One thread for each element, neighbouring threads on neighbouring elements.
// What is wrong with it: each thread moves 2 or 4 bytes at a time and ends, so that many
// instructions and blocks are needed for what memory could deliver.
// Limits: at most 2^31 - 1 blocks of 256; bf16 from architecture 80 on.
// Measured: on no card yet.

#include "kernels/common/convert.h"
#include "kernels/common/device.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "kernels/elementwise/functions.h"

namespace breakeven::cuda_elementwise {
namespace {

constexpr int threads = 256;

/// `second` may be any tensor where the function has one argument.
template <class Out, class In, class Function>
__global__ void __launch_bounds__(threads)
    naive_kernel(const In* first, const In* second, Out* y, std::int64_t n, Function function) {
  const std::int64_t i = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (i >= n) return;
  const float other = Function::inputs == 1 ? 0.0f : widened<float>(second[i]);
  y[i] = narrowed<Out>(function(widened<float>(first[i]), other));
}

std::int64_t blocks_of(const ElementwiseProblem& p) { return (p.n + threads - 1) / threads; }

Support supports(const ElementwiseProblem& p) {
  if (const Support grid = fits_grid(blocks_of(p)); !grid) return grid;
  if (p.dtype != Dtype::bf16) return Support::yes();
  return needs_architecture(reinterpret_cast<const void*>(naive_kernel<Bf16, Bf16, Relu>), 80,
                            "rounding to bf16");
}

CudaCall prepare(const ElementwiseProblem& p) {
  return {[p, output = static_cast<std::size_t>(p.inputs())](Tensors tensors, Stream stream) {
    with_function(p, [&]<class In, class Out, class Function>(Function function) {
      launch(naive_kernel<Out, In, Function>, {static_cast<unsigned>(blocks_of(p)), threads},
             stream, tensors[0].as<In>(), tensors[output - 1].as<In>(), tensors[output].as<Out>(),
             p.n, function);
    });
  }};
}

}  // namespace

CudaImplementation<ElementwiseProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_elementwise
