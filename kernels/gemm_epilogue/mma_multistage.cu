// What changed against naive: the product is that of GEMM's mma_multistage (tensor cores, tiles by
// cp.async in four stages), and bias and activation are applied to its sums where they are, in
// registers. Why: as calls of their own they would read and write D once more, in f32 or twice
// rounded. The bias is read from global memory: all rows of a block ask for the same 128 elements.
// Limits: rows of A and B are multiples of 16 bytes; nn, nt and tn. f32 is multiplied in tf32.
// Architecture 80 and up.
// Measured: on no card yet.
// Instructions: HMMA bf16:LDSM f16:LDSM LDGSTS.E.128

#include <type_traits>

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/mma_tile.h"
#include "kernels/gemm/tensor_output.h"
#include "kernels/gemm/tile_grid.h"
#include "kernels/gemm_epilogue/epilogue.h"
#include "operations/gemm_epilogue/problem.h"

namespace breakeven::cuda_gemm_epilogue {
namespace {

using namespace cuda_gemm;  // what multiplies

struct Tile {
  static constexpr int BM = 128, BN = 128, BK_bytes = 64;
  static constexpr int WM = 64, WN = 32;  // of a warp
  static constexpr int across = BN / WN;  // warps side by side
  static constexpr int threads = BM / WM * across * 32;
  static constexpr int stages = 4;
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
__global__ void __launch_bounds__(Tile::threads, 2)
    mma_multistage_kernel(TensorArguments<T> g, BiasActivation<T> finished, Grid grid) {
  using S = Tile;
  using Shared = SharedTiles<T, a_along_k, b_along_k>;
  constexpr int BK = Shared::BK;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  AsyncChunkLoader<T, S::BM, BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, 0), i0, 0);
  AsyncChunkLoader<T, S::BN, BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, 0), j0, 0);
  Shared* tiles = dynamic_shared<Shared>();
  // Beyond the last tile an empty group, so that always the same number is under way.
  const auto fetch = [&](int stage, std::int64_t k_left) {
    if (k_left > 0) {
      a.start(tiles[stage].a, k_left);
      b.start(tiles[stage].b, k_left);
    }
    commit_copies();
  };
  MmaTile<T, S::WM, S::WN, Shared> mine(warp / S::across * S::WM, warp % S::across * S::WN);
#pragma unroll
  for (int stage = 0; stage < S::stages - 1; ++stage) fetch(stage, g.k - stage * BK);
  int stage = 0, free_stage = S::stages - 1;
  for (std::int64_t k_left = g.k; k_left > 0; k_left -= BK) {
    wait_copies<S::stages - 2>();
    __syncthreads();  // this tile is here, and the one before is no longer read
    fetch(free_stage, k_left - (S::stages - 1) * BK);
    mine.multiply(tiles[stage]);
    free_stage = stage;
    stage = stage + 1 == S::stages ? 0 : stage + 1;
  }
  const auto d = TensorOutput<T>::template at<S::BM, S::BN>(g, 0, i0, j0);
  mine.for_each_pair([&](int i, int j, const Pair<float>& sums) {
    d.store(g, i, j, {finished(sums.first, j0 + j), finished(sums.second, j0 + j + 1)});
  });
}

Support supports(const GemmEpilogueProblem& problem) {
  const GemmProblem& p = problem.product;
  const auto kernel = mma_multistage_kernel<float, true, true>;
  if (const Support tiles = Grid(p).supported(); !tiles) return tiles;
  return fits_ldmatrix(p, reinterpret_cast<const void*>(kernel));
}

/// Calls `visit` with the types and the layout of a problem, which s8 is not.
template <class Visit>
void with_floating_layout(const GemmProblem& p, Visit visit) {
  with_mma_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
    if constexpr (!std::is_same_v<T, std::int8_t>) {
      visit.template operator()<T, a_along_k, b_along_k>();
    }
  });
}

CudaCall prepare(const GemmEpilogueProblem& problem) {
  const GemmProblem p = problem.product;
  with_floating_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
    allow_dynamic_shared(mma_multistage_kernel<T, a_along_k, b_along_k>,
                         shared_bytes<T, a_along_k, b_along_k>);
  });
  return {[p, problem](Tensors tensors, Stream stream) {
    with_floating_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
      const Grid grid(p);
      launch(mma_multistage_kernel<T, a_along_k, b_along_k>,
             {grid.size(), Tile::threads, shared_bytes<T, a_along_k, b_along_k>}, stream,
             TensorArguments<T>(p, product_tensors(tensors)), BiasActivation<T>(problem, tensors),
             grid);
    });
  }};
}

MathMode math_mode(const GemmEpilogueProblem& problem) { return tensor_math_mode(problem.product); }

}  // namespace

CudaImplementation<GemmEpilogueProblem> mma_multistage() {
  return {"mma_multistage", Rung::tuned, supports, prepare, math_mode};
}

}  // namespace breakeven::cuda_gemm_epilogue
