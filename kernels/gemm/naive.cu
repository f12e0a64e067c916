// GEMM as the formula says it: one thread per element of C, threadIdx.x counting rows.
// What is wrong with it: the 32 threads of a warp stand in a column. Each of their stores to C, and
// with A not transposed each of their loads from A, uses one element of each of 32 cache lines.
// Limits: none on shapes, layouts or the batch, but C in at most 2^31 - 1 tiles of 32 × 32;
// bf16 from architecture 80 on.
// Measured: on no card yet.

#include "kernels/common/convert.h"
#include "kernels/common/device.h"
#include "kernels/common/launch.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

constexpr int BM = 32, BN = 32;  // threads of a block, one for each element of its tile
using Grid = TileGrid<BM, BN>;

template <class T, class Sum>
__global__ void __launch_bounds__(BM* BN) naive_kernel(Arguments<T, T, Sum> g, Grid grid) {
  const std::int64_t i = grid.first_row() + threadIdx.x;
  const std::int64_t j = grid.first_column() + threadIdx.y;
  if (i >= g.m || j >= g.n) return;
  const T* a = g.a + grid.batch() * g.m * g.k + i * g.a_row;
  const T* b = g.b + grid.batch() * g.k * g.n + j * g.b_column;
  T* c = g.c + (grid.batch() * g.m + i) * g.n + j;
  Sum sum = 0;
  for (std::int64_t k = 0; k < g.k; ++k) {
    sum += widened<Sum>(a[k * g.a_column]) * widened<Sum>(b[k * g.b_row]);
  }
  *c = narrowed<T>(g.beta == 0 ? g.alpha * sum : g.alpha * sum + g.beta * widened<Sum>(*c));
}

/// Calls `visit.operator()<T, Sum>()` with the types of an element and of a sum.
template <class Visit>
void with_types(Dtype dtype, Visit visit) {
  if (dtype == Dtype::f64) return visit.template operator()<double, double>();
  with_f32_bf16_or_f16(dtype, [&]<class T>(T) { visit.template operator()<T, float>(); });
}

Support supports(const GemmProblem& p) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::f64, Dtype::bf16, Dtype::f16}); !dtype) {
    return dtype;
  }
  if (Support grid = Grid(p).supported(); !grid || p.dtype != Dtype::bf16) return grid;
  return needs_architecture(reinterpret_cast<const void*>(naive_kernel<Bf16, float>), 80,
                            "rounding to bf16");
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const Grid grid(p);
    with_types(p.dtype, [&]<class T, class Sum>() {
      launch(naive_kernel<T, Sum>, {grid.size(), dim3(BM, BN)}, stream,
             Arguments<T, T, Sum>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_gemm
