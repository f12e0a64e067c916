// What changed against double_buffered: three stages instead of two, in dynamic shared memory, and
// blocks take the tiles of C in groups of eight rows.
// Why: with two tiles on their way, a load that takes longer than one multiplication no longer
// stops the block. Blocks that run at the same time now stand in a compact part of C and share
// more rows of A and columns of B in the L2.
// Limits: as double_buffered.
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
  static constexpr int stages = 3;
  static constexpr int group = 8;  // rows of tiles that are taken together
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
constexpr std::size_t shared_bytes = Tile<T>::stages * sizeof(SharedTiles<T>);

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile<T>::threads, 2)
    multistage_kernel(Arguments<T> g, Grid<T> grid) {
  using S = Tile<T>;
  constexpr int across = S::BN / S::WN;  // warps side by side
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int row = warp / across * S::WM + lane / S::lanes_n * Vector<T>::size;
  const int column = warp % across * S::WN + lane % S::lanes_n * Vector<T>::size;
  const TilePlace place = grid.grouped(S::group);
  const std::int64_t i0 = place.row * S::BM, j0 = place.column * S::BN;
  const auto c =
      OutputTile<T>::template at<S::BM, S::BN>(g.c + grid.batch() * g.m * g.n, g, i0, j0);
  AsyncLoader<T, S::BM, S::BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, grid.batch()), i0,
                                                        0);
  AsyncLoader<T, S::BN, S::BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, grid.batch()), j0,
                                                        0);
  SharedTiles<T>* stages = dynamic_shared<SharedTiles<T>>();
  // Beyond the last tile an empty group, so that always the same number is under way.
  const auto fetch = [&](int stage, std::int64_t k_left) {
    if (k_left > 0) {
      a.start(stages[stage].a, k_left);
      b.start(stages[stage].b, k_left);
    }
    commit_copies();
  };
  ThreadTile<T, S::patches, S::patches> mine(row, column, S::WM / S::patches, S::WN / S::patches);
#pragma unroll
  for (int stage = 0; stage < S::stages - 1; ++stage) fetch(stage, g.k - stage * S::BK);
  int stage = 0, free_stage = S::stages - 1;
  for (std::int64_t k_left = g.k; k_left > 0; k_left -= S::BK) {
    wait_copies<S::stages - 2>();
    __syncthreads();  // this tile is here, and the one before is no longer read
    fetch(free_stage, k_left - (S::stages - 1) * S::BK);
    mine.multiply(stages[stage].a, stages[stage].b);
    free_stage = stage;
    stage = stage + 1 == S::stages ? 0 : stage + 1;
  }
  mine.for_each_vector([&](int i, int j, const Vector<T>& sums) { c.store(g, i, j, sums); });
}

Support supports(const GemmProblem& p) {
  const Support fits = f32_or_f64(p, [&]<class T>(T) { return Grid<T>(p).supported(); });
  if (!fits) return fits;
  const auto kernel = multistage_kernel<float, true, true>;
  return needs_architecture(reinterpret_cast<const void*>(kernel), 80, "cp.async");
}

CudaCall prepare(const GemmProblem& p) {
  with_f32_or_f64(p.dtype, [&]<class T>(T) {
    with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
      allow_dynamic_shared(multistage_kernel<T, a_along_k, b_along_k>, shared_bytes<T>);
    });
  });
  return {[p](Tensors tensors, Stream stream) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
        const Grid<T> grid(p);
        launch(multistage_kernel<T, a_along_k, b_along_k>,
               {grid.size(), Tile<T>::threads, shared_bytes<T>}, stream, Arguments<T>(p, tensors),
               grid);
      });
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> multistage() {
  return {"multistage", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
