// GEMM as the formula says it: one thread per element of C, threadIdx.x counting rows.
// What is wrong with it: the 32 threads of a warp stand in a column. Each of their stores to C, and
// with A not transposed each of their loads from A, uses one element of each of 32 cache lines.
// Limits: none on shapes, layouts or the batch, but C in at most 2^31 - 1 tiles of 32 × 32.
// Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

constexpr int BM = 32, BN = 32;  // threads of a block, one for each element of its tile
using Grid = TileGrid<BM, BN>;

template <class T>
__global__ void __launch_bounds__(BM* BN) naive_kernel(Arguments<T> g, Grid grid) {
  const std::int64_t i = grid.first_row() + threadIdx.x;
  const std::int64_t j = grid.first_column() + threadIdx.y;
  if (i >= g.m || j >= g.n) return;
  const T* a = g.a + grid.batch() * g.m * g.k + i * g.a_row;
  const T* b = g.b + grid.batch() * g.k * g.n + j * g.b_column;
  T* c = g.c + (grid.batch() * g.m + i) * g.n + j;
  T sum = 0;
  for (std::int64_t k = 0; k < g.k; ++k) sum += a[k * g.a_column] * b[k * g.b_row];
  *c = g.beta == 0 ? g.alpha * sum : g.alpha * sum + g.beta * *c;
}

Support supports(const GemmProblem& p) {
  return f32_or_f64(p, [&](auto) { return Grid(p).supported(); });
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const Grid grid(p);
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      launch(naive_kernel<T>, {grid.size(), dim3(BM, BN)}, stream, Arguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_gemm
