// What changed against vectorized: the tile is first shared out among warps, WM × WN each, and only
// then among the 8 × 4 threads of a warp.
// Why: the 32 threads of a warp now stand in a compact part of C and need 64 rows of A and 32
// columns of B (f32), where they stood in two long rows and needed 16 and 128: a third less is
// read from shared memory, and warps are what a multiprocessor schedules.
// Limits: as vectorized.
// Measured: on no card yet.
// Instructions: LDG.E.128 LDS.128 STS STG.E.128

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/register_loader.h"
#include "kernels/gemm/thread_tile.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

template <class T>
struct Tile {
  static constexpr int BM = 512 / sizeof(T), BN = BM, BK = 8;
  static constexpr int patches = 2;  // of a thread, down and across
  static constexpr int TM = patches * Vector<T>::size, TN = TM;
  static constexpr int lanes_m = 8, lanes_n = 4;  // of a warp, down and across
  static constexpr int WM = lanes_m * TM, WN = lanes_n * TN;
  static constexpr int threads = BM / WM * (BN / WN) * 32;
  static_assert(lanes_m * lanes_n == 32, "a warp has 32 threads");
  static_assert(BM % WM == 0 && BN % WN == 0, "warps share out the tile evenly");
};
template <class T>
using Grid = TileGrid<Tile<T>::BM, Tile<T>::BN>;

template <class T>
struct SharedTiles {
  SharedTile<T, Tile<T>::BM, Tile<T>::BK> a;
  SharedTile<T, Tile<T>::BN, Tile<T>::BK> b;
};

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile<T>::threads, 2)
    warp_tile_kernel(Arguments<T> g, Grid<T> grid) {
  using S = Tile<T>;
  constexpr int across = S::BN / S::WN;  // warps side by side
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int row = warp / across * S::WM + lane / S::lanes_n * Vector<T>::size;
  const int column = warp % across * S::WN + lane % S::lanes_n * Vector<T>::size;
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  const auto c =
      OutputTile<T>::template at<S::BM, S::BN>(g.c + grid.batch() * g.m * g.n, g, i0, j0);
  RegisterLoader<T, S::BM, S::BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, grid.batch()),
                                                           i0, 0);
  RegisterLoader<T, S::BN, S::BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, grid.batch()),
                                                           j0, 0);
  SharedTiles<T>& tiles = static_shared<SharedTiles<T>>();
  ThreadTile<T, S::patches, S::patches> mine(row, column, S::WM / S::patches, S::WN / S::patches);
  for (std::int64_t k_left = g.k; k_left > 0; k_left -= S::BK) {
    a.load(k_left);
    b.load(k_left);
    a.store(tiles.a);
    b.store(tiles.b);
    __syncthreads();
    mine.multiply(tiles.a, tiles.b);
    __syncthreads();
  }
  mine.for_each_vector([&](int i, int j, const Vector<T>& sums) { c.store(g, i, j, sums); });
}

Support supports(const GemmProblem& p) {
  return f32_or_f64(p, [&]<class T>(T) { return Grid<T>(p).supported(); });
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
        const Grid<T> grid(p);
        launch(warp_tile_kernel<T, a_along_k, b_along_k>, {grid.size(), Tile<T>::threads}, stream,
               Arguments<T>(p, tensors), grid);
      });
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> warp_tile() {
  return {"warp_tile", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
