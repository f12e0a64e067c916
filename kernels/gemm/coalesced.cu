// What changed against naive: threadIdx.x counts columns instead of rows.
// Why: the 32 threads of a warp now stand in a row of C. With B not transposed their loads from B
// and stores to C are 32 neighbours, one transaction instead of 32, and their load from A is one
// for all. Limits: as naive; with B transposed the loads from B are as scattered as naive's from A
// were. Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

constexpr int BM = 32, BN = 32;  // threads of a block, one for each element of its tile
using Grid = TileGrid<BM, BN>;

template <class T>
__global__ void __launch_bounds__(BM* BN) coalesced_kernel(Arguments<T> g, Grid grid) {
  const std::int64_t i = grid.first_row() + threadIdx.y;
  const std::int64_t j = grid.first_column() + threadIdx.x;
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
      launch(coalesced_kernel<T>, {grid.size(), dim3(BN, BM)}, stream, Arguments<T>(p, tensors),
             grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> coalesced() {
  return {"coalesced", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
