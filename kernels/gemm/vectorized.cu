// What changed against register_tile_2d: global and shared memory are read and written 16 bytes at
// a time. A lies in shared memory as B does, k after k, and a thread's part of C is four patches
// that lie half a tile apart.
// Why: a quarter of the load and store instructions. With the padding of SharedTile and the patches
// apart, the threads of a warp meet in no bank of shared memory.
// Limits: none on shapes; rows that are no multiple of 16 bytes are loaded element by element.
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
  static constexpr int threads = BM / TM * (BN / TN);
  static_assert(BM % TM == 0 && BN % TN == 0, "threads share out the tile evenly");
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
    vectorized_kernel(Arguments<T> g, Grid<T> grid) {
  using S = Tile<T>;
  constexpr int across = S::BN / S::TN;  // threads side by side
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  const auto c =
      OutputTile<T>::template at<S::BM, S::BN>(g.c + grid.batch() * g.m * g.n, g, i0, j0);
  RegisterLoader<T, S::BM, S::BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, grid.batch()),
                                                           i0, 0);
  RegisterLoader<T, S::BN, S::BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, grid.batch()),
                                                           j0, 0);
  SharedTiles<T>& tiles = static_shared<SharedTiles<T>>();
  ThreadTile<T, S::patches, S::patches> mine(thread / across * Vector<T>::size,
                                             thread % across * Vector<T>::size, S::BM / S::patches,
                                             S::BN / S::patches);
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
        launch(vectorized_kernel<T, a_along_k, b_along_k>, {grid.size(), Tile<T>::threads}, stream,
               Arguments<T>(p, tensors), grid);
      });
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> vectorized() {
  return {"vectorized", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_gemm
