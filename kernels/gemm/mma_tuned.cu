// What changed against mma_multistage: tiles of 128 × 256, 64 × 64 for each warp; a warp reads what
// the next step multiplies while it multiplies this one; and blocks take the tiles of C in groups
// of eight rows. Why: with 64 × 64, four mma follow on each ldmatrix, where 64 × 32 had 2.7, and
// shared memory is what a tensor core waits for next. Its latency is hidden by the step before it,
// also from one tile to the next, since the barrier stands before the last step. Blocks that run at
// the same time stand in a compact part of C and share more rows of A and columns of B in the L2.
// Limits: as mma_sync; one block on a multiprocessor.
// Measured: on no card yet.
// Instructions: bf16:HMMA f16:HMMA f32:HMMA s8:IMMA bf16:LDSM f16:LDSM s8:LDSM LDGSTS.E.128

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/mma_tile.h"
#include "kernels/gemm/tensor_output.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

struct Tile {
  static constexpr int BM = 128, BN = 256, BK_bytes = 64;
  static constexpr int WM = 64, WN = 64;  // of a warp
  static constexpr int across = BN / WN;  // warps side by side
  static constexpr int threads = BM / WM * across * 32;
  static constexpr int stages = 4;
  static constexpr int group = 8;  // rows of tiles that are taken together
};
using Grid = TileGrid<Tile::BM, Tile::BN>;

template <class T, bool a_along_k, bool b_along_k>
struct SharedTiles {
  static constexpr int BK = Tile::BK_bytes / sizeof(T);
  ChunkTile<T, Tile::BM, BK, a_along_k, ChunkOrder::swizzled> a;
  ChunkTile<T, Tile::BN, BK, b_along_k, ChunkOrder::swizzled> b;
};

template <class T, bool a_along_k, bool b_along_k>
constexpr std::size_t shared_bytes = Tile::stages * sizeof(SharedTiles<T, a_along_k, b_along_k>);

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile::threads, 1)
    mma_tuned_kernel(TensorArguments<T> g, Grid grid) {
  using S = Tile;
  using Shared = SharedTiles<T, a_along_k, b_along_k>;
  constexpr int BK = Shared::BK;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const TilePlace place = grid.grouped(S::group);
  const std::int64_t batch = grid.batch(), i0 = place.row * S::BM, j0 = place.column * S::BN;
  AsyncChunkLoader<T, S::BM, BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, batch), i0, 0);
  AsyncChunkLoader<T, S::BN, BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, batch), j0, 0);
  Shared* tiles = dynamic_shared<Shared>();
  // Beyond the last tile one of zeros, of which the last step reads what is not multiplied, and
  // then empty groups, so that always the same number is under way.
  const auto fetch = [&](int stage, std::int64_t k_left) {
    if (k_left > -BK) {
      a.start(tiles[stage].a, k_left);
      b.start(tiles[stage].b, k_left);
    }
    commit_copies();
  };
  using Warp = MmaTile<T, S::WM, S::WN, Shared>;
  Warp mine(warp / S::across * S::WM, warp % S::across * S::WN);
#pragma unroll
  for (int stage = 0; stage < S::stages - 1; ++stage) fetch(stage, g.k - stage * BK);
  wait_copies<S::stages - 2>();
  __syncthreads();
  typename Warp::Fragments fragments[2];
  mine.read(fragments[0], tiles[0], 0);
  int stage = 0, free_stage = S::stages - 1;
  for (std::int64_t k_left = g.k; k_left > 0; k_left -= BK) {
#pragma unroll
    for (int step = 0; step < Warp::steps; ++step) {
      if (step == 0) fetch(free_stage, k_left - (S::stages - 1) * BK);
      if (step == Warp::steps - 1) {
        free_stage = stage;
        stage = stage + 1 == S::stages ? 0 : stage + 1;
        wait_copies<S::stages - 2>();
        __syncthreads();  // the next tile is here, and this one has been read
      }
      mine.read(fragments[(step + 1) % 2], tiles[stage], (step + 1) % Warp::steps);
      mine.multiply(fragments[step % 2]);
    }
  }
  const auto c = TensorOutput<T>::template at<S::BM, S::BN>(g, batch, i0, j0);
  mine.for_each_pair([&](int i, int j, const auto& pair) { c.store(g, i, j, pair); });
}

Support supports(const GemmProblem& p) {
  const auto kernel = mma_tuned_kernel<float, true, true>;
  if (const Support tiles = Grid(p).supported(); !tiles) return tiles;
  return fits_ldmatrix(p, reinterpret_cast<const void*>(kernel));
}

CudaCall prepare(const GemmProblem& p) {
  with_mma_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
    allow_dynamic_shared(mma_tuned_kernel<T, a_along_k, b_along_k>,
                         shared_bytes<T, a_along_k, b_along_k>);
  });
  return {[p](Tensors tensors, Stream stream) {
    with_mma_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
      const Grid grid(p);
      launch(mma_tuned_kernel<T, a_along_k, b_along_k>,
             {grid.size(), Tile::threads, shared_bytes<T, a_along_k, b_along_k>}, stream,
             TensorArguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> mma_tuned() {
  return {"mma_tuned", Rung::tuned, supports, prepare, tensor_math_mode};
}

}  // namespace breakeven::cuda_gemm
