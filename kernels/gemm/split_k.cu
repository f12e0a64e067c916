// What changed against warp_tile: a flat tile, and the sum over K is cut into ranges that blocks
// compute side by side; a second kernel adds them up.
// Why: a product with few rows or columns has too few tiles of C to fill the device, and its time
// is that of reading the one large matrix. Ranges of K give every multiprocessor a part of it.
// The ranges are added in their order, so that results are the same in every run, as they would
// not be with atomic sums.
// Limits: as vectorized. Meant for M or N up to 16; where C has tiles enough, K is left whole.
// Measured: on no card yet.
// Instructions: LDG.E.128 LDS.128 STG.E.128

#include <memory>

#include "kernels/common/device.h"
#include "kernels/common/handles.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/gemm/register_loader.h"
#include "kernels/gemm/split.h"
#include "kernels/gemm/thread_tile.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_gemm {
namespace {

/// `flat`: for few rows; otherwise for few columns.
template <class T, bool flat>
struct Tile {
  static constexpr int small = 16, large = 128;
  static constexpr int BM = flat ? small : large, BN = flat ? large : small, BK = 128 / sizeof(T);
  static constexpr int patches = sizeof(T) / 4;
  static constexpr int TM = patches * Vector<T>::size, TN = TM;
  static constexpr int threads = BM / TM * (BN / TN);
  static_assert(BM % TM == 0 && BN % TN == 0, "threads share out the tile evenly");
};

template <class T, bool flat>
struct SharedTiles {
  SharedTile<T, Tile<T, flat>::BM, Tile<T, flat>::BK> a;
  SharedTile<T, Tile<T, flat>::BN, Tile<T, flat>::BK> b;
};

/// Adds up one range of K for one tile of C. The sums go to `partial` (ranges, batch, M, N), or
/// straight to C where there is one range only.
template <class T, bool flat, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(Tile<T, flat>::threads)
    split_k_kernel(Arguments<T> g, TileGrid<Tile<T, flat>::BM, Tile<T, flat>::BN> grid, Split split,
                   T* partial) {
  using S = Tile<T, flat>;
  constexpr int across = S::BN / S::TN;  // threads side by side
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  const std::int64_t begin = blockIdx.y * split.length;
  const std::int64_t end = begin + split.length < g.k ? begin + split.length : g.k;
  RegisterLoader<T, S::BM, S::BK, S::threads, a_along_k> a(operand_a<a_along_k>(g, grid.batch()),
                                                           i0, begin);
  RegisterLoader<T, S::BN, S::BK, S::threads, b_along_k> b(operand_b<b_along_k>(g, grid.batch()),
                                                           j0, begin);
  SharedTiles<T, flat>& tiles = static_shared<SharedTiles<T, flat>>();
  ThreadTile<T, S::patches, S::patches> mine(thread / across * Vector<T>::size,
                                             thread % across * Vector<T>::size, S::BM / S::patches,
                                             S::BN / S::patches);
  for (std::int64_t k_left = end - begin; k_left > 0; k_left -= S::BK) {
    a.load(k_left);
    b.load(k_left);
    a.store(tiles.a);
    b.store(tiles.b);
    __syncthreads();
    mine.multiply(tiles.a, tiles.b);
    __syncthreads();
  }
  T* c = g.c + grid.batch() * g.m * g.n;
  if (split.ranges > 1) {
    const std::int64_t batches = gridDim.x / (grid.tiles_m * grid.tiles_n);
    c = partial + (blockIdx.y * batches + grid.batch()) * g.m * g.n;
    g.alpha = 1;
    g.beta = 0;
  }
  const auto tile = OutputTile<T>::template at<S::BM, S::BN>(c, g, i0, j0);
  mine.for_each_vector([&](int i, int j, const Vector<T>& sums) { tile.store(g, i, j, sums); });
}

constexpr int sum_threads = 256;

/// C = alpha·(the ranges' sums, in their order) + beta·C, one thread for each of `elements`.
template <class T>
__global__ void __launch_bounds__(sum_threads)
    sum_ranges_kernel(const T* partial, std::int64_t ranges, std::int64_t elements, T* c, T alpha,
                      T beta) {
  const std::int64_t i = std::int64_t{blockIdx.x} * sum_threads + threadIdx.x;
  if (i >= elements) return;
  T sum = 0;
  for (std::int64_t range = 0; range < ranges; ++range) sum += partial[range * elements + i];
  c[i] = beta == 0 ? alpha * sum : alpha * sum + beta * c[i];
}

/// Calls `visit` with the type and whether the tile is flat, as compile-time values.
template <class Visit>
decltype(auto) with_tile(const GemmProblem& p, Visit&& visit) {
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    return p.m <= p.n ? visit.template operator()<T, true>()
                      : visit.template operator()<T, false>();
  });
}

template <class T, bool flat>
using Grid = TileGrid<Tile<T, flat>::BM, Tile<T, flat>::BN>;

Support supports(const GemmProblem& p) {
  return f32_or_f64(p, [&](auto) {
    return with_tile(p, [&]<class T, bool flat>() { return Grid<T, flat>(p).supported(); });
  });
}

CudaCall prepare(const GemmProblem& p) {
  const Split cut = with_tile(p, [&]<class T, bool flat>() {
    return split<Tile<T, flat>::BK>(p.k, Grid<T, flat>(p).tiles, multiprocessors());
  });
  const std::int64_t elements = p.batch * p.m * p.n;
  std::shared_ptr<void> partial;
  if (cut.ranges > 1) {
    partial =
        make_device_buffer(static_cast<std::size_t>(cut.ranges * elements) * size_of(p.dtype));
  }
  return {[p, cut, elements, partial](Tensors tensors, Stream stream) {
    with_tile(p, [&]<class T, bool flat>() {
      const Arguments<T> g(p, tensors);
      const Grid<T, flat> grid(p);
      T* sums = static_cast<T*>(partial.get());
      with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
        launch(split_k_kernel<T, flat, a_along_k, b_along_k>,
               {dim3(grid.size().x, static_cast<unsigned>(cut.ranges)), Tile<T, flat>::threads},
               stream, g, grid, cut, sums);
      });
      if (cut.ranges == 1) return;
      launch(sum_ranges_kernel<T>,
             {static_cast<unsigned>((elements + sum_threads - 1) / sum_threads), sum_threads},
             stream, sums, cut.ranges, elements, g.c, g.alpha, g.beta);
    });
  }};
}

}  // namespace

CudaImplementation<GemmProblem> split_k() { return {"split_k", Rung::tuned, supports, prepare}; }

}  // namespace breakeven::cuda_gemm
