// What changed against shared_tile: a thread computes TM elements of a column of C, not one.
// Why: an element of B that was loaded from shared memory once is used TM times, from a register:
// TM + 1 elements for TM multiply-adds, where there were 2·TM.
// Limits: as shared_tile.
// Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

struct Tile {
  static constexpr int BM = 64, BN = 64, BK = 8;
  static constexpr int TM = 8;  // elements of C in a thread, below each other
  static constexpr int threads = BM / TM * BN;
  static_assert(BM % TM == 0, "threads share out the rows evenly");
  static_assert(BM * BK == threads && BK * BN == threads,
                "each thread loads one element of each tile");
};
using Grid = TileGrid<Tile::BM, Tile::BN>;

template <class T>
struct SharedTiles {
  T a[Tile::BM][Tile::BK];
  T b[Tile::BK][Tile::BN];
};

template <class T>
__global__ void __launch_bounds__(Tile::threads)
    register_tile_1d_kernel(Arguments<T> g, Grid grid) {
  const int thread = static_cast<int>(threadIdx.x);
  const int row = thread / Tile::BN * Tile::TM, column = thread % Tile::BN;  // of its part of C
  const int a_row = thread / Tile::BK, a_k = thread % Tile::BK;              // of what it loads
  const int b_k = thread / Tile::BN, b_column = thread % Tile::BN;
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  const T* a = g.a + grid.batch() * g.m * g.k + (i0 + a_row) * g.a_row;
  const T* b = g.b + grid.batch() * g.k * g.n + (j0 + b_column) * g.b_column;
  SharedTiles<T>& tiles = static_shared<SharedTiles<T>>();
  T sum[Tile::TM] = {};
  for (std::int64_t k0 = 0; k0 < g.k; k0 += Tile::BK) {
    const std::int64_t k_of_a = k0 + a_k, k_of_b = k0 + b_k;
    const bool a_inside = i0 + a_row < g.m && k_of_a < g.k;
    const bool b_inside = j0 + b_column < g.n && k_of_b < g.k;
    tiles.a[a_row][a_k] = a_inside ? a[k_of_a * g.a_column] : T{0};
    tiles.b[b_k][b_column] = b_inside ? b[k_of_b * g.b_row] : T{0};
    __syncthreads();
#pragma unroll
    for (int k = 0; k < Tile::BK; ++k) {
      const T b_value = tiles.b[k][column];
#pragma unroll
      for (int m = 0; m < Tile::TM; ++m) sum[m] += tiles.a[row + m][k] * b_value;
    }
    __syncthreads();
  }
  const std::int64_t j = j0 + column;
  if (j >= g.n) return;
#pragma unroll
  for (int m = 0; m < Tile::TM; ++m) {
    const std::int64_t i = i0 + row + m;
    if (i >= g.m) return;
    T* c = g.c + (grid.batch() * g.m + i) * g.n + j;
    *c = g.beta == 0 ? g.alpha * sum[m] : g.alpha * sum[m] + g.beta * *c;
  }
}

Support supports(const GemmProblem& p) {
  return f32_or_f64(p, [&](auto) { return Grid(p).supported(); });
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const Grid grid(p);
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      launch(register_tile_1d_kernel<T>, {grid.size(), Tile::threads}, stream,
             Arguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> register_tile_1d() {
  return {"register_tile_1d", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
