// Convolution as the formula says it: one thread per element of the result, y, dx or dw, and in it
// loops over the sum. Neighbouring threads compute neighbours in memory.
// What is wrong with it: every thread reads a whole window of x (or dy) and a whole filter by
// itself, though its neighbours read almost the same; and dgrad tries taps that a stride leaves
// out.
// Limits: counts that ints hold (limits.h); bf16 from architecture 80 on.
// Measured: on no card yet.

#include <type_traits>

#include "kernels/common/convert.h"
#include "kernels/common/launch.h"
#include "kernels/conv/arguments.h"
#include "kernels/conv/limits.h"

namespace breakeven::cuda_conv {
namespace {

constexpr int threads = 256;

template <class T>
using Sum = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// The terms of a sum in one channel of an image, for a place of the result that begins there.
template <class T>
__device__ Sum<T> sum_of_points(const Arguments<T>& g, const T* gathered, const T* plain,
                                const int (&begin)[3]) {
  Sum<T> sum = 0;
  for (int d = 0; d < g.axes[0].terms; ++d) {
    const int at_d = g.axes[0].meet_divided(begin[0], d);
    if (at_d < 0) continue;
    for (int h = 0; h < g.axes[1].terms; ++h) {
      const int at_h = g.axes[1].meet_divided(begin[1], h);
      if (at_h < 0) continue;
      for (int w = 0; w < g.axes[2].terms; ++w) {
        const int at_w = g.axes[2].meet_divided(begin[2], w);
        if (at_w < 0) continue;
        const T& element = gathered[at_d * g.gathered.axis[0] + at_h * g.gathered.axis[1] +
                                    at_w * g.gathered.axis[2]];
        const T& times = plain[d * g.plain.axis[0] + h * g.plain.axis[1] + w * g.plain.axis[2]];
        sum += widened<Sum<T>>(element) * widened<Sum<T>>(times);
      }
    }
  }
  return sum;
}

template <class T>
__global__ void __launch_bounds__(threads) naive_kernel(Arguments<T> g, std::int64_t elements) {
  const std::int64_t index = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (index >= elements) return;
  // Columns are channels of the result or filters, here of all groups.
  const std::int64_t all_columns = std::int64_t{g.groups} * g.columns;
  const bool along_columns = g.result.column == 1;
  const std::int64_t row = along_columns ? index / all_columns : index % g.rows;
  const auto any = static_cast<int>(along_columns ? index % all_columns : index / g.rows);
  const int group = any / g.columns, column = any % g.columns;
  // Rows are outer indices, of images or channels, and points.
  const int outers = g.row_index.outers, points = g.row_index.points;
  const bool outer_fastest = g.row_index.outer_fastest;
  const auto outer = static_cast<int>(outer_fastest ? row % outers : row / points);
  const auto point = static_cast<int>(outer_fastest ? row / outers : row % points);
  const Point place = g.row_index.point(point);
  const int begin[3] = {g.axes[0].begin(place.axis[0]), g.axes[1].begin(place.axis[1]),
                        g.axes[2].begin(place.axis[2])};
  const T* gathered = g.gathered_data + group * g.gathered.group + outer * g.gathered.row;
  const T* plain = g.plain_data + group * g.plain.group + column * g.plain.column;
  Sum<T> sum = 0;
  for (int i = 0; i < g.term_outers; ++i) {
    sum += sum_of_points(g, gathered + i * g.gathered.term, plain + i * g.plain.term, begin);
  }
  g.result_data[group * g.result.group + column * g.result.column + outer * g.result.row +
                place.axis[0] * g.result.axis[0] + place.axis[1] * g.result.axis[1] +
                place.axis[2] * g.result.axis[2]] = narrowed<T>(sum);
}

std::int64_t elements_of(const Sums& sums) { return sums.rows * sums.columns * sums.groups; }

std::int64_t blocks_of(const Sums& sums) { return (elements_of(sums) + threads - 1) / threads; }

Support supports(const ConvProblem& p) {
  if (const Support sums = fits_sums(p); !sums) return sums;
  if (const Support grid = fits_grid(blocks_of(sums_of(p))); !grid) return grid;
  return rounds_to(p, reinterpret_cast<const void*>(naive_kernel<Bf16>));
}

CudaCall prepare(const ConvProblem& p) {
  return {[dtype = p.dtype, sums = sums_of(p)](Tensors tensors, Stream stream) {
    with_element_type(dtype, [&]<class T>() {
      launch(naive_kernel<T>, {static_cast<unsigned>(blocks_of(sums)), threads}, stream,
             Arguments<T>(sums, tensors), elements_of(sums));
    });
  }};
}

}  // namespace

CudaImplementation<ConvProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_conv
