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

/// T: Bf16, F16, float (as tf32) or int8_t; `sums` are 4 floats, or 4 int32_t for int8_t.
template <class T>
void mma(void* sums, const std::uint32_t* a, const std::uint32_t* b, SourcePlace place);

}  // namespace breakeven::host
