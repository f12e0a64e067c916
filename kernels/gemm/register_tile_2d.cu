// What changed against register_tile_1d: a thread computes TM × TN elements of C, and a block's
// tile is larger.
// Why: TM + TN elements from shared memory now feed TM·TN multiply-adds, 16 for 64 in f32, and an
// element of a tile from global memory is used BM or BN times.
// What is left: tiles are brought element by element, and columns of threads meet in the banks of
// shared memory.
// Limits: as shared_tile. f64 has a quarter of the tile, so that the sums stay in registers.
// Measured: on no card yet.

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/arguments.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

template <class T>
struct Tile {
  static constexpr int BM = 512 / sizeof(T), BN = BM, BK = 8;
  static constexpr int TM = 32 / sizeof(T), TN = TM;  // elements of C in a thread
  static constexpr int threads = BM / TM * (BN / TN);
  static_assert(BM % TM == 0 && BN % TN == 0, "threads share out the tile evenly");
  static_assert(BM * BK % threads == 0 && BK * BN % threads == 0,
                "threads load equally many elements of each tile");
};
template <class T>
using Grid = TileGrid<Tile<T>::BM, Tile<T>::BN>;

template <class T>
struct SharedTiles {
  T a[Tile<T>::BM][Tile<T>::BK];
  T b[Tile<T>::BK][Tile<T>::BN];
};

template <class T>
__global__ void __launch_bounds__(Tile<T>::threads)
    register_tile_2d_kernel(Arguments<T> g, Grid<T> grid) {
  constexpr int BM = Tile<T>::BM, BN = Tile<T>::BN, BK = Tile<T>::BK;
  constexpr int TM = Tile<T>::TM, TN = Tile<T>::TN, threads = Tile<T>::threads;
  const int thread = static_cast<int>(threadIdx.x);
  const int row = thread / (BN / TN) * TM, column = thread % (BN / TN) * TN;
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  const T* a = g.a + grid.batch() * g.m * g.k;
  const T* b = g.b + grid.batch() * g.k * g.n;
  SharedTiles<T>& tiles = static_shared<SharedTiles<T>>();
  T sum[TM][TN] = {};
  for (std::int64_t k0 = 0; k0 < g.k; k0 += BK) {
#pragma unroll
    for (int e = thread; e < BM * BK; e += threads) {
      const std::int64_t i = i0 + e / BK, k = k0 + e % BK;
      tiles.a[e / BK][e % BK] = i < g.m && k < g.k ? a[i * g.a_row + k * g.a_column] : T{0};
    }
#pragma unroll
    for (int e = thread; e < BK * BN; e += threads) {
      const std::int64_t k = k0 + e / BN, j = j0 + e % BN;
      tiles.b[e / BN][e % BN] = k < g.k && j < g.n ? b[k * g.b_row + j * g.b_column] : T{0};
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < BK; ++k) {
      T a_part[TM], b_part[TN];
#pragma unroll
      for (int m = 0; m < TM; ++m) a_part[m] = tiles.a[row + m][k];
#pragma unroll
      for (int n = 0; n < TN; ++n) b_part[n] = tiles.b[k][column + n];
#pragma unroll
      for (int m = 0; m < TM; ++m) {
#pragma unroll
        for (int n = 0; n < TN; ++n) sum[m][n] += a_part[m] * b_part[n];
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int m = 0; m < TM; ++m) {
#pragma unroll
    for (int n = 0; n < TN; ++n) {
      const std::int64_t i = i0 + row + m, j = j0 + column + n;
      if (i >= g.m || j >= g.n) continue;
      T* c = g.c + (grid.batch() * g.m + i) * g.n + j;
      *c = g.beta == 0 ? g.alpha * sum[m][n] : g.alpha * sum[m][n] + g.beta * *c;
    }
  }
}

Support supports(const GemmProblem& p) {
  return f32_or_f64(p, [&]<class T>(T) { return Grid<T>(p).supported(); });
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      const Grid<T> grid(p);
      launch(register_tile_2d_kernel<T>, {grid.size(), Tile<T>::threads}, stream,
             Arguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> register_tile_2d() {
  return {"register_tile_2d", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
