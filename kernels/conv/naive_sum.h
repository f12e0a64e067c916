#pragma once

#include <type_traits>

#include "kernels/common/convert.h"
#include "kernels/conv/arguments.h"
#include "kernels/conv/limits.h"

namespace breakeven::cuda_conv {

constexpr int naive_threads = 256;

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

/// What a thread does of a kernel with one for each of `elements` of the result. `finished` makes
/// of a sum, in that channel of the result or filter of all groups, what is stored.
template <class T, class Epilogue>
__device__ void compute_element(const Arguments<T>& g, std::int64_t elements,
                                const Epilogue& finished) {
  const std::int64_t index = std::int64_t{blockIdx.x} * naive_threads + threadIdx.x;
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
                place.axis[2] * g.result.axis[2]] = narrowed<T>(finished(sum, any));
}

inline std::int64_t naive_elements(const Sums& sums) {
  return sums.rows * sums.columns * sums.groups;
}

inline std::int64_t naive_blocks(const Sums& sums) {
  return (naive_elements(sums) + naive_threads - 1) / naive_threads;
}

/// Whether ints count what the kernel does; `kernel_of_bf16` is its instance.
inline Support naive_supports(const ConvProblem& p, const void* kernel_of_bf16) {
  if (const Support sums = fits_sums(p); !sums) return sums;
  if (const Support grid = fits_grid(naive_blocks(sums_of(p))); !grid) return grid;
  return rounds_to(p, kernel_of_bf16);
}

}  // namespace breakeven::cuda_conv
