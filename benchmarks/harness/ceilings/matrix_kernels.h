#pragma once

#include <string_view>
#include <vector>

#include "operations/dtype.h"

namespace breakeven {

/// A loop of independent chains of a CPU's low-precision multiply-add instructions, kept in
/// registers or tiles.
struct MatrixKernel {
  std::string_view instructions;  // "AMX"
  double operations;              // of an iteration: two for each product of elements
  /// Takes its left and its right operand from `kOperandBytes` each; the sum of all elements of all
  /// chains at the end.
  double (*run)(long iterations, const unsigned char* left, const unsigned char* right);
};

inline constexpr int kOperandBytes = 1024;  // a tile; a vector takes the first of them

/// Small numbers of either sign in bf16 and in s8, different in each place.
const unsigned char* matrix_operand();

/// Those of this CPU for bf16 (summed in f32) or s8 (summed in s32); none where it has none, and
/// for other dtypes.
std::vector<MatrixKernel> matrix_kernels(Dtype dtype);

}  // namespace breakeven
