// What changed against naive: 16 bytes at a time, by as many blocks as the device holds at once,
// each of which goes on through the elements.
// Why: one instruction moves what eight did (bf16, f16), and the index arithmetic and the start of
// a block are paid once for many elements; it is bound by memory then.
// What is left: two of three transfers of a network's relu, which a kernel before it could do in
// its epilogue.
// Limits: tensors that do not begin at multiples of 16 bytes go element by element; bf16 from
// architecture 80 on.
// Measured: on no card yet.
// Instructions: f32:LDG.E.128 f32:STG.E.128 f16:LDG.E.128 f16:STG.E.128

#include <cstdint>

#include "kernels/common/convert.h"
#include "kernels/common/device.h"
#include "kernels/common/full_wave.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "kernels/elementwise/functions.h"

namespace breakeven::cuda_elementwise {
namespace {

constexpr int threads = 256;

template <class Out, class In, class Function>
__device__ Out applied(const Function& function, In first, In second) {
  return narrowed<Out>(function(widened<float>(first), widened<float>(second)));
}

/// As many elements as 16 bytes of the narrower type hold.
template <class T, class Other>
struct alignas(16) Elements {
  static constexpr int size = 16 / (sizeof(T) < sizeof(Other) ? sizeof(T) : sizeof(Other));
  T element[size];
};

/// `vectors` whole vectors, then element by element up to `n`; 0 where tensors are not aligned.
template <class Out, class In, class Function>
__global__ void __launch_bounds__(threads)
    vectorized_kernel(const In* first, const In* second, Out* y, std::int64_t n,
                      std::int64_t vectors, Function function) {
  using V = Elements<In, Out>;
  const std::int64_t thread = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  const std::int64_t all_threads = std::int64_t{gridDim.x} * threads;
  for (std::int64_t i = thread; i < vectors; i += all_threads) {
    const V a = reinterpret_cast<const V*>(first)[i];
    const V b = Function::inputs == 1 ? a : reinterpret_cast<const V*>(second)[i];
    Elements<Out, In> result;
#pragma unroll
    for (int e = 0; e < V::size; ++e) {
      result.element[e] = applied<Out>(function, a.element[e], b.element[e]);
    }
    reinterpret_cast<Elements<Out, In>*>(y)[i] = result;
  }
  for (std::int64_t i = vectors * V::size + thread; i < n; i += all_threads) {
    y[i] = applied<Out>(function, first[i], second[i]);
  }
}

Support supports(const ElementwiseProblem& p) {
  if (p.dtype != Dtype::bf16) return Support::yes();
  return needs_architecture(reinterpret_cast<const void*>(vectorized_kernel<Bf16, Bf16, Relu>), 80,
                            "rounding to bf16");
}

CudaCall prepare(const ElementwiseProblem& p) {
  CudaCall call;
  with_function(p, [&]<class In, class Out, class Function>(Function function) {
    const dim3 grid = full_wave(vectorized_kernel<Out, In, Function>, threads);
    call.run = [n = p.n, output = static_cast<std::size_t>(p.inputs()), grid, function](
                   Tensors tensors, Stream stream) {
      const In *first = tensors[0].as<In>(), *second = tensors[output - 1].as<In>();
      Out* y = tensors[output].as<Out>();
      const bool whole = is_aligned(first) && is_aligned(second) && is_aligned(y);
      launch(vectorized_kernel<Out, In, Function>, {grid, threads}, stream, first, second, y, n,
             whole ? n / Elements<In, Out>::size : 0, function);
    };
  });
  return call;
}

}  // namespace

CudaImplementation<ElementwiseProblem> vectorized() {
  return {"vectorized", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_elementwise
