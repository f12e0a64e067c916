// Races: two threads at one place with nothing that puts them in order.

#include "kernels/common/async_copy.h"
#include "kernels/common/shared_memory.h"
#include "tests/kernels/host/planted.h"

namespace breakeven::planted {
namespace {

constexpr int threads = 64;

struct alignas(16) Tile {
  float element[threads];
};

__global__ void read_at_once(float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = 1;
  out[threadIdx.x] = tile.element[threads - 1 - threadIdx.x];
}

__global__ void write_again(float* out) {
  Tile& tile = static_shared<Tile>();
  for (int turn = 0; turn < 2; ++turn) {
    tile.element[threadIdx.x] = static_cast<float>(turn);
    __syncthreads();
    out[threadIdx.x] = tile.element[threads - 1 - threadIdx.x];
  }
}

__global__ void write_one_place(float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x / 2] = static_cast<float>(threadIdx.x);
  __syncthreads();
  if (threadIdx.x < threads / 2) out[threadIdx.x] = tile.element[threadIdx.x];
}

__global__ void warp_without_sync(float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = 1;
  out[threadIdx.x] = tile.element[threadIdx.x ^ 1u];
}

__global__ void overwrite(float* out) { out[threadIdx.x] = static_cast<float>(blockIdx.x); }

__global__ void copy_without_wait(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  copy_async<4>(&tile.element[threadIdx.x], in + threadIdx.x, true);
  commit_copies();
  __syncthreads();
  out[threadIdx.x] = tile.element[threadIdx.x];
}

__global__ void wait_without_barrier(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  copy_async<4>(&tile.element[threadIdx.x], in + threadIdx.x, true);
  commit_copies();
  wait_copies<0>();
  out[threadIdx.x] = tile.element[threads - 1 - threadIdx.x];
}

__global__ void copy_over(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = tile.element[threads - 1 - threadIdx.x];
  copy_async<4>(&tile.element[threadIdx.x], in + threadIdx.x, true);
  commit_copies();
  wait_copies<0>();
}

__global__ void write_onto_copy(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  copy_async<4>(&tile.element[threadIdx.x], in + threadIdx.x, true);
  commit_copies();
  tile.element[threadIdx.x] = 0;
  wait_copies<0>();
  out[threadIdx.x] = tile.element[threadIdx.x];
}

__global__ void copy_misaligned(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  copy_async<16>(&tile.element[4 * threadIdx.x], in + 4 * threadIdx.x + 1, true);
  wait_copies<0>();
  out[threadIdx.x] = tile.element[4 * threadIdx.x];
}

__global__ void copy_too_far(const float* in, float* out, int elements) {
  Tile& tile = static_shared<Tile>();
  copy_async<4>(&tile.element[0], in + elements, true);
  wait_copies<0>();
  out[0] = tile.element[0];
}

}  // namespace

void no_barrier_before_reading(float* out) { launch(read_at_once, {1, threads}, nullptr, out); }
void no_barrier_before_writing_again(float* out) {
  launch(write_again, {1, threads}, nullptr, out);
}
void two_threads_write_one_place(float* out) {
  launch(write_one_place, {1, threads}, nullptr, out);
}
void no_syncwarp(float* out) { launch(warp_without_sync, {1, 32}, nullptr, out); }
void blocks_overwrite_each_other(float* out) { launch(overwrite, {4, threads}, nullptr, out); }
void no_wait_for_copies(const float* in, float* out) {
  launch(copy_without_wait, {1, threads}, nullptr, in, out);
}
void no_barrier_after_waiting(const float* in, float* out) {
  launch(wait_without_barrier, {1, threads}, nullptr, in, out);
}
void copy_into_what_is_read(const float* in, float* out) {
  launch(copy_over, {1, threads}, nullptr, in, out);
}
void write_onto_a_copy_under_way(const float* in, float* out) {
  launch(write_onto_copy, {1, threads}, nullptr, in, out);
}
void misaligned_copy(const float* in, float* out) {
  launch(copy_misaligned, {1, 8}, nullptr, in, out);
}
void copy_past_a_buffer(const float* in, float* out, int elements) {
  launch(copy_too_far, {1, 1}, nullptr, in, out, elements);
}

}  // namespace breakeven::planted
