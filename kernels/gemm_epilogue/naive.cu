// activation(A·B + bias) as the formula says it: one thread per element of D, finished in its
// registers, threadIdx.x counting columns so that a warp stores neighbours.
// What is wrong with it: as GEMM's coalesced, every thread reads a whole row of A and column of B
// by itself, on CUDA cores. Limits: none on shapes or layouts, but D in at most 2^31 - 1 tiles of
// 32 × 32; bf16 from architecture 80 on.
// Measured: on no card yet.

#include "kernels/common/device.h"
#include "kernels/common/launch.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"
#include "kernels/gemm_epilogue/epilogue.h"
#include "operations/gemm_epilogue/problem.h"

namespace breakeven::cuda_gemm_epilogue {
namespace {

constexpr int BM = 32, BN = 32;  // threads of a block, one for each element of its tile
using Grid = cuda_gemm::TileGrid<BM, BN>;
template <class T>
using Arguments = cuda_gemm::Arguments<T, T, float>;

template <class T>
__global__ void __launch_bounds__(BM* BN)
    naive_kernel(Arguments<T> g, BiasActivation<T> finished, Grid grid) {
  const std::int64_t i = grid.first_row() + threadIdx.y;
  const std::int64_t j = grid.first_column() + threadIdx.x;
  if (i >= g.m || j >= g.n) return;
  const T* a = g.a + i * g.a_row;
  const T* b = g.b + j * g.b_column;
  float sum = 0;
  for (std::int64_t k = 0; k < g.k; ++k) {
    sum += widened<float>(a[k * g.a_column]) * widened<float>(b[k * g.b_row]);
  }
  g.c[i * g.n + j] = narrowed<T>(finished(sum, j));
}

Support supports(const GemmEpilogueProblem& problem) {
  const GemmProblem& p = problem.product;
  if (const Support tiles = Grid(p).supported(); !tiles || p.dtype != Dtype::bf16) return tiles;
  return needs_architecture(reinterpret_cast<const void*>(naive_kernel<Bf16>), 80,
                            "rounding to bf16");
}

template <class T>
void run(const GemmEpilogueProblem& problem, Tensors tensors, Stream stream) {
  const GemmProblem& p = problem.product;
  const Grid grid(p);
  launch(naive_kernel<T>, {grid.size(), dim3(BN, BM)}, stream,
         Arguments<T>(p, product_tensors(tensors)), BiasActivation<T>(problem, tensors), grid);
}

CudaCall prepare(const GemmEpilogueProblem& problem) {
  return {[p = problem](Tensors tensors, Stream stream) {
    switch (p.product.dtype) {
      case Dtype::bf16:
        return run<Bf16>(p, tensors, stream);
      case Dtype::f16:
        return run<F16>(p, tensors, stream);
      default:
        return run<float>(p, tensors, stream);
    }
  }};
}

}  // namespace

CudaImplementation<GemmEpilogueProblem> naive() {
  return {"naive", Rung::naive, supports, prepare};
}

}  // namespace breakeven::cuda_gemm_epilogue
