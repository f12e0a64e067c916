#pragma once

#include <cstddef>

#include "kernels/common/launch.h"

namespace breakeven::planted {

/// Kernels with one defect each, which the host executor has to find, and kernels without any,
/// which it must not accuse. Each function launches one of them.

// Memory.
void reads_past_a_buffer(const float* in, float* out, int elements);
void writes_past_a_buffer(float* out, int elements);
void reads_past_shared_memory(float* out);
void writes_past_dynamic_shared_memory(float* out);
void loads_misaligned_vector(const float* in, float* out);
void loads_misaligned_vector_from_shared_memory(float* out);
void reads_unwritten_shared_memory(float* out);
void adds_past_a_buffer(float* out, int elements);
void copies_a_buffer(const float* in, float* out, int elements);

// Barriers and warps.
void barrier_in_a_branch();
void barrier_after_a_return();
void two_barriers_for_one();
void shuffle_masks_differ(float* out);
void shuffle_mask_without_caller(float* out);
void shuffle_from_lane_outside_mask(float* out);
void mask_of_missing_lanes(float* out);

// Races.
void no_barrier_before_reading(float* out);
void no_barrier_before_writing_again(float* out);
void two_threads_write_one_place(float* out);
void no_syncwarp(float* out);
void blocks_overwrite_each_other(float* out);

// cp.async.
void no_wait_for_copies(const float* in, float* out);
void no_barrier_after_waiting(const float* in, float* out);
void copy_into_what_is_read(const float* in, float* out);
void write_onto_a_copy_under_way(const float* in, float* out);
void misaligned_copy(const float* in, float* out);
void copy_past_a_buffer(const float* in, float* out, int elements);

// Launches.
void too_many_threads();
void too_many_blocks_down();
void no_blocks();
void too_much_dynamic_shared_memory();
void too_much_static_shared_memory();
void too_much_shared_memory_in_all();
void dynamic_shared_memory_without_any(float* out);

// Right ones. Each writes what is said, for one warp unless it says otherwise.
void sums_by_shuffles(const float* in, float* out);              // 32 lanes, all get the sum
void rotates_by_shuffle(const double* in, double* out);          // out[i] = in[(i + 1) % 32]
void shifts_within_groups(const int* in, int* up, int* down);    // width 8, by 1
void votes(const int* in, unsigned* out);                        // ballot, all, any of in[lane]
void reduces_half_warps(const int* in, int* out);                // sum, min, max of each half
void counts_with_atomics(int* shared_count, int* global_count);  // 4 blocks of 64: 64 and 256
void adds_floats_atomically(float* out);  // 64 blocks of 64: 1 + 2^-24 times each
void passes_through_shared_memory(const float* in, float* out);  // two warps, reversed
void passes_within_a_warp(const float* in, float* out);          // reversed, by __syncwarp alone
void stages_by_async_copies(const float* in, float* out, int tiles);  // sums of 64·tiles by thread
void fills_with_zeros(const float* in, float* out);                   // the odd elements not copied
void writes_its_place(int* out);  // grid (2,3,2), block (4,2,2): linear index of each thread

}  // namespace breakeven::planted
