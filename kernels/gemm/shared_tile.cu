// What changed against coalesced: a block first brings a tile of A and one of B into shared memory
// and multiplies from there.
// Why: the threads of a block need the same rows of A and columns of B. coalesced reads each of
// them 32 times through the caches; here global memory gives each element of a tile once.
// What is left: each multiply-add still takes two elements from memory, now shared (the
// compiler joins some of these loads along k).
// Limits: as naive; loads along M or N are scattered where A is transposed or B is.
// Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

struct Tile {
  static constexpr int BM = 32, BN = 32, BK = 32;  // one thread for each element of C
  static_assert(BM == BK && BN == BK, "each thread loads one element of each tile");
};
using Grid = TileGrid<Tile::BM, Tile::BN>;

template <class T>
struct SharedTiles {
  T a[Tile::BM][Tile::BK];
  T b[Tile::BK][Tile::BN];
};

template <class T>
__global__ void __launch_bounds__(Tile::BM* Tile::BN)
    shared_tile_kernel(Arguments<T> g, Grid grid) {
  const int row = static_cast<int>(threadIdx.y), column = static_cast<int>(threadIdx.x);
  const std::int64_t i = grid.first_row() + row, j = grid.first_column() + column;
  const T* a = g.a + grid.batch() * g.m * g.k + i * g.a_row;
  const T* b = g.b + grid.batch() * g.k * g.n + j * g.b_column;
  SharedTiles<T>& tiles = static_shared<SharedTiles<T>>();
  T sum = 0;
  for (std::int64_t k0 = 0; k0 < g.k; k0 += Tile::BK) {
    // Beyond the edges stand zeros, so that every tile is multiplied as a whole.
    const std::int64_t k_of_a = k0 + column, k_of_b = k0 + row;
    tiles.a[row][column] = i < g.m && k_of_a < g.k ? a[k_of_a * g.a_column] : T{0};
    tiles.b[row][column] = j < g.n && k_of_b < g.k ? b[k_of_b * g.b_row] : T{0};
    __syncthreads();
    for (int k = 0; k < Tile::BK; ++k) sum += tiles.a[row][k] * tiles.b[k][column];
    __syncthreads();
  }
  if (i >= g.m || j >= g.n) return;
  T* c = g.c + (grid.batch() * g.m + i) * g.n + j;
  *c = g.beta == 0 ? g.alpha * sum : g.alpha * sum + g.beta * *c;
}

Support supports(const GemmProblem& p) {
  return f32_or_f64(p, [&](auto) { return Grid(p).supported(); });
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const Grid grid(p);
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      launch(shared_tile_kernel<T>, {grid.size(), dim3(Tile::BN, Tile::BM)}, stream,
             Arguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> shared_tile() {
  return {"shared_tile", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
