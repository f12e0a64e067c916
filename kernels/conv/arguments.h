#pragma once

#include <cstdint>

#include "kernels/conv/sums.h"
#include "kernels/gemm/operand.h"
#include "operations/tensor.h"

namespace breakeven::cuda_conv {

using cuda_gemm::Vector;

/// What a convolution kernel gets: the sums, and where the tensors are.
template <class T>
struct Arguments : Sums {
  const T* gathered_data;  // x, dy, x
  const T* plain_data;     // w, w, dy
  T* result_data;          // y, dx, dw
  bool whole_vectors;      // the columns of a row lie in memory by vectors of 16 bytes

  Arguments(const Sums& sums, Tensors tensors)
      : Sums(sums),
        gathered_data(tensors[0].as<T>()),
        plain_data(tensors[1].as<T>()),
        result_data(tensors[2].as<T>()),
        whole_vectors(result.column == 1 && columns % Vector<T>::size == 0 &&
                      reinterpret_cast<std::uintptr_t>(result_data) % 16 == 0) {}

  /// Where the row of that outer index and point of a group begins in the result, counted from its
  /// `result_data`.
  __device__ std::int64_t row_offset(int group, int outer, const Point& point) const {
    return result.first + group * result.group + outer * result.row +
           (point.axis[0] * result.axis[0] + point.axis[1] * result.axis[1] +
            point.axis[2] * result.axis[2]);
  }

  /// Writes a vector of sums to a row of the result (of its group) from that column on, as far as
  /// there are columns.
  __device__ void store(T* row, int column, const Vector<T>& sums) const {
    if (whole_vectors) {
      if (column < columns) *reinterpret_cast<Vector<T>*>(row + column) = sums;
    } else {
#pragma unroll
      for (int e = 0; e < Vector<T>::size; ++e) {
        if (column + e < columns) row[(column + e) * result.column] = sums.element[e];
      }
    }
  }
};

}  // namespace breakeven::cuda_conv
