// What changed against vectorized: the product is left to the tensor cores, by CUDA's documented
// interface wmma; A and B are bf16, f16 or s8, or f32 that is multiplied in tf32.
// Why: a tensor core adds 16 × 16 × 16 products where the CUDA cores of a quarter of a
// multiprocessor add 32 at a time. wmma hides how a matrix lies in the lanes of a warp: sums go
// through shared memory on their way to C, since only so a lane knows which they are.
// Limits: rows of A and B are multiples of 16 bytes; nn, nt and tn. Architecture 80 and up.
// Measured: on no card yet.
// Instructions: bf16:HMMA f16:HMMA f32:HMMA s8:IMMA LDG.E.128 STS.128

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/tensor_output.h"
#include "kernels/gemm/tensor_tile.h"
#include "kernels/gemm/tile_grid.h"
#include "kernels/gemm/wmma_tile.h"

namespace breakeven::cuda_gemm {
namespace {

struct Tile {
  static constexpr int BM = 128, BN = 128, BK_bytes = 64;
  static constexpr int WM = 64, WN = 32;  // of a warp
  static constexpr int across = BN / WN;  // warps side by side
  static constexpr int threads = BM / WM * across * 32;
};
using Grid = TileGrid<Tile::BM, Tile::BN>;

template <class T, bool a_by_rows, bool b_by_columns>
struct SharedTiles {
  static constexpr int BK = Tile::BK_bytes / sizeof(T);
  static constexpr bool a_along_k = a_by_rows, b_along_k = b_by_columns;
  WmmaTile<T, Tile::BM, BK, a_along_k> a;
  WmmaTile<T, Tile::BN, BK, b_along_k> b;
  MmaSum<T> sums[Tile::threads / 32][16][16];  // of each warp, on their way to C
};

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile::threads, 2) wmma_kernel(TensorArguments<T> g, Grid grid) {
  using S = Tile;
  using Shared = SharedTiles<T, a_along_k, b_along_k>;
  constexpr int BK = Shared::BK;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const std::int64_t batch = grid.batch(), i0 = grid.first_row(), j0 = grid.first_column();
  ChunkLoader<T, S::BM, BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, batch), i0, 0);
  ChunkLoader<T, S::BN, BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, batch), j0, 0);
  Shared& tiles = static_shared<Shared>();
  WmmaWarp<T, S::WM, S::WN, Shared> mine(warp / S::across * S::WM, warp % S::across * S::WN);
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
  mine.for_each_pair(tiles.sums[warp],
                     [&](int i, int j, const auto& pair) { c.store(g, i, j, pair); });
}

Support supports(const GemmProblem& p) {
  const auto kernel = wmma_kernel<float, true, true>;
  if (const Support tiles = Grid(p).supported(); !tiles) return tiles;
  return fits_tensor_cores(p, reinterpret_cast<const void*>(kernel));
}

CudaCall prepare(const GemmProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    with_tensor_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
      const Grid grid(p);
      launch(wmma_kernel<T, a_along_k, b_along_k>, {grid.size(), Tile::threads}, stream,
             TensorArguments<T>(p, tensors), grid);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> wmma() {
  return {"wmma", Rung::tuned, supports, prepare, tensor_math_mode};
}

}  // namespace breakeven::cuda_gemm
