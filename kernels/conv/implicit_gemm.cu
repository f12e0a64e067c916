// What changed against shared_tile: the convolution is computed as the product of matrices that it
// is, one of which is gathered on its way into shared memory (sums.h has the table). One kernel for
// all three directions, and GEMM's tile of 8 × 8 sums in the registers of a thread (f32).
// Why: whatever the shape of image, filter and channels, tiles are full, and an element of a tile
// feeds 128 multiply-adds. A row's image and coordinates are found once, those of the terms for
// each tile, by multiplications instead of divisions. dgrad is launched once for each residue of a
// place by the stride, so that no tap is tried in vain.
// What is left: elements come one by one and the tile waits for them; few columns waste most of it.
// Limits: f32 and f64; rows (images times points) and terms of a sum up to 2^30 (limits.h).
// Measured: on no card yet.
// Instructions: LDS.128 STG.E.128

#include <cstdint>
#include <vector>

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/limits.h"
#include "kernels/conv/matrices.h"
#include "kernels/conv/product_tile.h"
#include "kernels/gemm/thread_tile.h"

namespace breakeven::cuda_conv {
namespace {

template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(ProductTile<T>::threads, 2)
    implicit_gemm_kernel(Arguments<T> g, typename ProductTile<T>::Grid grid) {
  using S = ProductTile<T>;
  const int thread = static_cast<int>(threadIdx.x), group = static_cast<int>(grid.batch());
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  auto& tiles = static_shared<typename S::Shared>();
  tiles.rows.find(g, group, i0);
  __syncthreads();
  using A = GatheredShare<T, S::BM, S::BK, S::threads, a_along_k>;
  using B = PlainShare<T, S::BN, S::BK, S::threads, b_along_k>;
  ElementLoader<T, A> a(A(tiles.rows));
  ElementLoader<T, B> b(B(g, group, j0));
  // Lanes go where neighbours in memory are, along rows or along columns.
  const int slow = thread / S::lines * Vector<T>::size, fast = thread % S::lines * Vector<T>::size;
  const bool across = g.result.column == 1;
  cuda_gemm::ThreadTile<T, S::patches, S::patches> mine(across ? slow : fast, across ? fast : slow,
                                                        S::BM / S::patches, S::BN / S::patches);
  const int terms = static_cast<int>(g.terms);
  for (int first = 0; first < terms; first += S::BK) {
    a.load(g, first, terms);
    b.load(g, first, terms);
    a.store(tiles.a);
    b.store(tiles.b);
    __syncthreads();
    mine.multiply(tiles.a, tiles.b);
    __syncthreads();
  }
  mine.for_each_vector([&](int i, int j, const Vector<T>& sums) {
    const std::int64_t row = tiles.rows.result[i];
    if (row >= 0) g.store(g.result_data + row, static_cast<int>(j0) + j, sums);
  });
}

Support supports(const ConvProblem& p) {
  if (const Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  if (const Support matrices = fits_matrices(p); !matrices) return matrices;
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    return fits_grid(typename ProductTile<T>::Grid(matrix_of(sums_of(p))).tiles);
  });
}

CudaCall prepare(const ConvProblem& p) {
  return {[p, all = undivided_sums(p)](Tensors tensors, Stream stream) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
        for (const Sums& sums : all) {
          const typename ProductTile<T>::Grid grid(matrix_of(sums));
          launch(implicit_gemm_kernel<T, a_along_k, b_along_k>,
                 {grid.size(), ProductTile<T>::threads}, stream, Arguments<T>(sums, tensors), grid);
        }
      });
    });
  }};
}

}  // namespace

CudaImplementation<ConvProblem> implicit_gemm() {
  return {"implicit_gemm", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_conv
