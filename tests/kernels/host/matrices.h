#pragma once

#include <cstdint>

#include "kernels/common/mma.h"

namespace breakeven::planted {

/// Kernels of one warp, or two, that use the matrix instructions, right and wrong. Each function
/// launches one of them.

/// What each lane gets from ldmatrix: words (32, count) of `count` matrices of 8 × 8 16-bit
/// elements, one after another in memory.
void loads_matrices(const std::uint16_t* matrices, std::uint32_t* words, int count,
                    bool transposed);

/// What no rule forbids and only the product shows.
enum class Mistake {
  none,
  rows_as_they_are_received,  // lane i gives the address of row i / 4, which it gets a word of
  wrong_transposition,        // ldmatrix without .trans, or with it where it must not be
  halves_of_a_swapped,        // a[1] and a[2]: as if the words along K came first
  halves_of_b_swapped,        // b[0] and b[1]
  sums_by_columns             // as if a lane's second sum lay below its first
};

/// C (16, 8) = A (16, K) · B (K, 8) by ldmatrix and mma, with K = 32 bytes. A is stored (16, K), or
/// (K, 16) where not `a_along_k`; B (8, K), or (K, 8) where not `b_along_k`: of 16-bit types only.
template <class T>
void multiplies_by_mma(const T* a, const T* b, MmaSum<T>* c, bool a_along_k, bool b_along_k,
                       Mistake mistake);

/// C (16, 16) = A (16, K) · B (K, 16) + 1 by wmma, with K = 16, or 8 for tf32. A and B are stored
/// by rows or by columns. `as_mma`: C is written from the lanes' own elements, as if a fragment lay
/// in them as one of mma does.
template <class T>
void multiplies_by_wmma(const T* a, const T* b, MmaSum<T>* c, bool a_by_rows, bool b_by_rows,
                        bool as_mma);

// Defects that the executor finds.
void misaligned_row(float* out);
void row_past_shared_memory(float* out);
void row_in_global_memory(const float* in, float* out);
void matrix_that_nobody_wrote(float* out);
void no_syncwarp_before_ldmatrix(float* out);
void no_barrier_before_ldmatrix(float* out);
void no_barrier_after_ldmatrix(float* out);
void ldmatrix_of_a_copy_under_way(const float* in, float* out);
void ldmatrix_in_a_branch(float* out);
void mma_in_a_branch(float* out);
void two_mma_for_one(float* out);
void wmma_lanes_differ(float* out);
void misaligned_wmma(float* out);
void wmma_with_a_bad_stride(float* out);
void wmma_past_a_buffer(const float* in, float* out);
void no_syncwarp_after_wmma_store(float* out);

}  // namespace breakeven::planted
