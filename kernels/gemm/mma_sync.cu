// What changed against wmma: the tensor cores' own instructions, ldmatrix and mma.sync, where wmma
// stood for them.
// Why: the layout of a fragment is documented for these, so that sums go from registers to C
// without a detour through shared memory, K is taken 32 bytes at a time in every type, and what
// is loaded and when is the kernel's choice. Tiles lie in shared memory as they do in global
// memory, row after row; the eight rows that ldmatrix reads at once begin in few banks.
// Limits: rows of A and B are multiples of 16 bytes; nn, nt and tn, s8 as nt only. f32 is
// multiplied in tf32. Architecture 80 and up.
// Measured: on no card yet.
// Instructions: bf16:HMMA f16:HMMA f32:HMMA s8:IMMA bf16:LDSM f16:LDSM s8:LDSM LDG.E.128 STS.128

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/mma_tile.h"
#include "kernels/gemm/tensor_output.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

struct Tile {
  static constexpr int BM = 128, BN = 128, BK_bytes = 64;
  static constexpr int WM = 64, WN = 32;  // of a warp
  static constexpr int across = BN / WN;  // warps side by side
  static constexpr int threads = BM / WM * across * 32;
};
using Grid = TileGrid<Tile::BM, Tile::BN>;

template <class T, bool a_along_k, bool b_along_k>
struct SharedTiles {
  static constexpr int BK = Tile::BK_bytes / sizeof(T);
  ChunkTile<T, Tile::BM, BK, a_along_k, ChunkOrder::plain> a;
  ChunkTile<T, Tile::BN, BK, b_along_k, ChunkOrder::plain> b;
};

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile::threads, 2)
    mma_sync_kernel(TensorArguments<T> g, Grid grid) {
  using S = Tile;
  using Shared = SharedTiles<T, a_along_k, b_along_k>;
  constexpr int BK = Shared::BK;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const std::int64_t batch = grid.batch(), i0 = grid.first_row(), j0 = grid.first_column();
  ChunkLoader<T, S::BM, BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, batch), i0, 0);
  ChunkLoader<T, S::BN, BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, batch), j0, 0);
  Shared& tiles = static_shared<Shared>();
  MmaTile<T, S::WM, S::WN, Shared> mine(warp / S::across * S::WM, warp % S::across * S::WN);
  for (std::int64_t k_left = g.k; k_left > 0; k_left -= BK) {
    a.load(k_left);
    b.load(k_left);
    a.store(tiles.a);
    b.store(tiles.b);
    __syncthreads();
    mine.multiply(tiles);
    __syncthreads();
  }
  const auto c = TensorOutput<T>::template at<S::BM, S::BN>(g, batch, i0, j0);
  mine.for_each_pair([&](int i, int j, const auto& pair) { c.store(g, i, j, pair); });
}

Support supports(const GemmProblem& p) {
  const auto kernel = mma_sync_kernel<float, true, true>;
  if (const Support tiles = Grid(p).supported(); !tiles) return tiles;
  return fits_ldmatrix(p, reinterpret_cast<const void*>(kernel));
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    with_mma_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
      const Grid grid(p);
      launch(mma_sync_kernel<T, a_along_k, b_along_k>, {grid.size(), Tile::threads}, stream,
             TensorArguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> mma_sync() {
  return {"mma_sync", Rung::tuned, supports, prepare, tensor_math_mode};
}

}  // namespace breakeven::cuda_gemm
