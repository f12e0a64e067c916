// Defects in barriers and in what a warp does together.

#include "tests/kernels/host/planted.h"

namespace breakeven::planted {
namespace {

constexpr unsigned all_lanes = 0xffffffff;

__global__ void barrier_in_branch() {
  if (threadIdx.x < 40) __syncthreads();
}

__global__ void return_before_barrier() {
  if (threadIdx.x == 63) return;
  __syncthreads();
}

__global__ void two_barriers() {
  if (threadIdx.x % 2 == 0) {
    __syncthreads();
  } else {
    __syncthreads();
  }
}

__global__ void masks_differ(float* out) {
  const unsigned mask = threadIdx.x < 16 ? 0x0000ffff : all_lanes;
  out[threadIdx.x] = __shfl_xor_sync(mask, 1.0f, 1);
}

__global__ void mask_without_caller(float* out) {
  out[threadIdx.x] = __shfl_sync(0x7fffffff, 1.0f, 0);
}

__global__ void shuffle_outside_mask(float* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_sync(0x0000ffff, 1.0f, 20);
}

__global__ void missing_lanes(float* out) { out[threadIdx.x] = __shfl_sync(all_lanes, 1.0f, 0); }

}  // namespace

void barrier_in_a_branch() { launch(barrier_in_branch, {1, 64}, nullptr); }
void barrier_after_a_return() { launch(return_before_barrier, {1, 64}, nullptr); }
void two_barriers_for_one() { launch(two_barriers, {1, 64}, nullptr); }
void shuffle_masks_differ(float* out) { launch(masks_differ, {1, 32}, nullptr, out); }
void shuffle_mask_without_caller(float* out) { launch(mask_without_caller, {1, 32}, nullptr, out); }
void shuffle_from_lane_outside_mask(float* out) {
  launch(shuffle_outside_mask, {1, 32}, nullptr, out);
}
void mask_of_missing_lanes(float* out) { launch(missing_lanes, {1, 20}, nullptr, out); }

}  // namespace breakeven::planted
