#pragma once

#include <cstdint>

#include "kernels/common/source_place.h"
#include "operations/small_float.h"

namespace breakeven::host {

/// The warp's matrix instructions, with the fragments as PTX documents them: each lane brings its
/// own, and the last one to come does the work of the warp. The wrappers that kernels call are
/// load_matrix.h and mma.h in kernels/common/.

void load_matrices(std::uint32_t* words, int count, bool transposed, const void* row,
                   SourcePlace place);

/// What a lane has of m × n products: operands a[m][4] and b[n][2], and sums [m][n][4], which are
/// floats, or int32_t for int8_t.
struct Products {
  void* sums;
  const void *a, *b;
  int m = 1, n = 1;
};
/// T: Bf16, F16, float (as tf32) or int8_t.
template <class T>
void mma(const Products& products, SourcePlace place);

}  // namespace breakeven::host
