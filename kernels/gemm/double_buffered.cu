// What changed against warp_tile: tiles come by cp.async into one of two buffers while the other is
// multiplied, and are twice as long in k.
// Why: loads from global memory take hundreds of cycles, in which the block can now compute; the
// registers that held a tile on its way are free; one barrier for each tile instead of two.
// Limits: compute capability 8.0. Where k runs fastest in memory (A not transposed, B transposed),
// the tile is turned on its way, which cp.async can do only element by element; also where rows
// are no multiple of 16 bytes.
// Measured: on no card yet.
// Instructions: LDGSTS LDS.128 STG.E.128

#include "kernels/common/device.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/async_loader.h"
#include "kernels/gemm/thread_tile.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

template <class T>
struct Tile {
  static constexpr int BM = 512 / sizeof(T), BN = BM, BK = 16;
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

template <class T>
struct Stages {
  SharedTiles<T> tiles[2];
};

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile<T>::threads, 2)
    double_buffered_kernel(Arguments<T> g, Grid<T> grid) {
  using S = Tile<T>;
  constexpr int across = S::BN / S::WN;  // warps side by side
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int row = warp / across * S::WM + lane / S::lanes_n * Vector<T>::size;
  const int column = warp % across * S::WN + lane % S::lanes_n * Vector<T>::size;
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  const auto c =
      OutputTile<T>::template at<S::BM, S::BN>(g.c + grid.batch() * g.m * g.n, g, i0, j0);
  AsyncLoader<T, S::BM, S::BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, grid.batch()), i0,
                                                        0);
  AsyncLoader<T, S::BN, S::BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, grid.batch()), j0,
                                                        0);
  SharedTiles<T>(&stages)[2] = static_shared<Stages<T>>().tiles;
  const auto fetch = [&](int stage, std::int64_t k_left) {
    a.start(stages[stage].a, k_left);
    b.start(stages[stage].b, k_left);
    commit_copies();
  };
  ThreadTile<T, S::patches, S::patches> mine(row, column, S::WM / S::patches, S::WN / S::patches);
  fetch(0, g.k);
  int stage = 0;
  for (std::int64_t k_left = g.k; k_left > 0; k_left -= S::BK) {
    wait_copies<0>();
    __syncthreads();  // this tile is here, and the one before is no longer read
    if (k_left > S::BK) fetch(1 - stage, k_left - S::BK);
    mine.multiply(stages[stage].a, stages[stage].b);
    stage = 1 - stage;
  }
  mine.for_each_vector([&](int i, int j, const Vector<T>& sums) { c.store(g, i, j, sums); });
}

Support supports(const GemmProblem& p) {
  const Support fits = f32_or_f64(p, [&]<class T>(T) { return Grid<T>(p).supported(); });
  if (!fits) return fits;
  const auto kernel = double_buffered_kernel<float, true, true>;
  return needs_architecture(reinterpret_cast<const void*>(kernel), 80, "cp.async");
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
        const Grid<T> grid(p);
        launch(double_buffered_kernel<T, a_along_k, b_along_k>, {grid.size(), Tile<T>::threads},
               stream, Arguments<T>(p, tensors), grid);
      });
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> double_buffered() {
  return {"double_buffered", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
