// What changed against implicit_gemm: the sum is cut into ranges that blocks compute side by side;
// a second kernel adds them up, in their order, so that results are the same in every run.
// Why: the gradient of a filter is small and its sums are long, over all images and points: it has
// too few tiles to fill the device, each with a sum of 100,000 and more terms.
// What is left: as implicit_gemm; tensor cores for bf16 and f16.
// Limits: wgrad; as implicit_gemm. Where the gradient has tiles enough, the sum is left whole. The
// ranges' sums take up to two tiles for each multiprocessor of device memory.
// Measured: on no card yet.
// Instructions: LDS.128

#include <cstdint>
#include <memory>

#include "kernels/common/device.h"
#include "kernels/common/handles.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/limits.h"
#include "kernels/conv/matrices.h"
#include "kernels/conv/product_tile.h"
#include "kernels/gemm/split.h"
#include "kernels/gemm/thread_tile.h"

namespace breakeven::cuda_conv {
namespace {

/// Adds up one range for one tile. Blocks are tiles, groups and ranges. The sums go to `partial`
/// (ranges, elements of dw), or straight to dw where there is one range only.
template <class T, bool a_along_k, bool b_along_k>
__global__ void __launch_bounds__(ProductTile<T>::threads, 2)
    wgrad_split_k_kernel(Arguments<T> g, typename ProductTile<T>::Grid grid, cuda_gemm::Split split,
                         T* partial, std::int64_t elements) {
  using S = ProductTile<T>;
  const int thread = static_cast<int>(threadIdx.x);
  const int range = static_cast<int>(grid.batch()) / g.groups;
  const int group = static_cast<int>(grid.batch()) % g.groups;
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  auto& tiles = static_shared<typename S::Shared>();
  tiles.rows.find(g, group, i0);
  __syncthreads();
  using A = GatheredShare<T, S::BM, S::BK, S::threads, a_along_k>;
  using B = PlainShare<T, S::BN, S::BK, S::threads, b_along_k>;
  ElementLoader<T, A> a(A(tiles.rows));
  ElementLoader<T, B> b(B(g, group, j0));
  // Lanes go where neighbours in memory are: along rows.
  const int row = thread % S::lines * Vector<T>::size;
  const int column = thread / S::lines * Vector<T>::size;
  cuda_gemm::ThreadTile<T, S::patches, S::patches> mine(row, column, S::BM / S::patches,
                                                        S::BN / S::patches);
  const int begin = static_cast<int>(range * split.length);
  const int end = static_cast<int>(begin + split.length < g.terms ? begin + split.length : g.terms);
  for (int first = begin; first < end; first += S::BK) {
    a.load(g, first, end);
    b.load(g, first, end);
    a.store(tiles.a);
    b.store(tiles.b);
    __syncthreads();
    mine.multiply(tiles.a, tiles.b);
    __syncthreads();
  }
  T* const to = split.ranges > 1 ? partial + range * elements : g.result_data;
  mine.for_each_vector([&](int i, int j, const Vector<T>& sums) {
    const std::int64_t offset = tiles.rows.result[i];
    if (offset >= 0) g.store(to + offset, static_cast<int>(j0) + j, sums);
  });
}

constexpr int sum_threads = 256;

/// dw = the ranges' sums, in their order, one thread for each of `elements`.
template <class T>
__global__ void __launch_bounds__(sum_threads)
    sum_ranges_kernel(const T* partial, std::int64_t ranges, std::int64_t elements, T* dw) {
  const std::int64_t i = std::int64_t{blockIdx.x} * sum_threads + threadIdx.x;
  if (i >= elements) return;
  T sum = 0;
  for (std::int64_t range = 0; range < ranges; ++range) sum += partial[range * elements + i];
  dw[i] = sum;
}

Support supports(const ConvProblem& p) {
  if (p.direction != Direction::wgrad) return Support::no("computes wgrad only");
  if (const Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  if (const Support matrices = fits_matrices(p); !matrices) return matrices;
  // Only where tiles are few does a range add blocks.
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    return fits_grid(typename ProductTile<T>::Grid(matrix_of(sums_of(p))).tiles);
  });
}

CudaCall prepare(const ConvProblem& p) {
  const Sums sums = sums_of(p);
  const cuda_gemm::Split cut = with_f32_or_f64(p.dtype, [&]<class T>(T) {
    using S = ProductTile<T>;
    return cuda_gemm::split<S::BK>(sums.terms, typename S::Grid(matrix_of(sums)).tiles,
                                   multiprocessors());
  });
  const std::int64_t elements = sums.groups * sums.rows * sums.columns;
  const std::size_t bytes =
      cut.ranges > 1 ? static_cast<std::size_t>(cut.ranges * elements) * size_of(p.dtype) : 0;
  std::shared_ptr<void> partial;
  if (bytes > 0) partial = make_device_buffer(bytes);
  CudaCall call;
  call.workspace_bytes = bytes;
  call.run = [p, sums, cut, elements, partial](Tensors tensors, Stream stream) {
    with_f32_or_f64(p.dtype, [&]<class T>(T) {
      const Arguments<T> g(sums, tensors);
      T* ranges = static_cast<T*>(partial.get());
      GemmProblem matrix = matrix_of(sums);
      matrix.batch *= cut.ranges;
      const typename ProductTile<T>::Grid grid(matrix);
      with_layout(p, [&]<bool a_along_k, bool b_along_k>() {
        if constexpr (a_along_k == b_along_k) {  // as both of wgrad's are
          launch(wgrad_split_k_kernel<T, a_along_k, b_along_k>,
                 {grid.size(), ProductTile<T>::threads}, stream, g, grid, cut, ranges, elements);
        }
      });
      if (cut.ranges == 1) return;
      launch(sum_ranges_kernel<T>,
             {static_cast<unsigned>((elements + sum_threads - 1) / sum_threads), sum_threads},
             stream, ranges, cut.ranges, elements, g.result_data);
    });
  };
  return call;
}

}  // namespace

CudaImplementation<ConvProblem> wgrad_split_k() {
  return {"wgrad_split_k", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_conv
