// Kernels without a defect: the meanings of CUDA's builtins, one by one.

#include "kernels/common/async_copy.h"
#include "kernels/common/shared_memory.h"
#include "tests/kernels/host/planted.h"

namespace breakeven::planted {
namespace {

constexpr unsigned all_lanes = 0xffffffff;

__global__ void sum_by_shuffles(const float* in, float* out) {
  float sum = in[threadIdx.x];
  for (int distance = 16; distance > 0; distance /= 2) {
    sum += __shfl_xor_sync(all_lanes, sum, distance);
  }
  out[threadIdx.x] = sum;
}

__global__ void rotate(const double* in, double* out) {
  out[threadIdx.x] = __shfl_sync(all_lanes, in[threadIdx.x], static_cast<int>(threadIdx.x) + 1);
}

__global__ void shift(const int* in, int* up, int* down) {
  up[threadIdx.x] = __shfl_up_sync(all_lanes, in[threadIdx.x], 1, 8);
  down[threadIdx.x] = __shfl_down_sync(all_lanes, in[threadIdx.x], 1, 8);
}

__global__ void vote(const int* in, unsigned* out) {
  const unsigned ballot = __ballot_sync(all_lanes, in[threadIdx.x]);
  const int all = __all_sync(all_lanes, in[threadIdx.x]);
  const int any = __any_sync(all_lanes, in[threadIdx.x]);
  if (threadIdx.x == 0) {
    out[0] = ballot;
    out[1] = static_cast<unsigned>(all);
    out[2] = static_cast<unsigned>(any);
  }
}

__global__ void reduce_halves(const int* in, int* out) {
  const unsigned mask = threadIdx.x < 16 ? 0x0000ffff : 0xffff0000;
  int* mine = out + 3 * threadIdx.x;
  mine[0] = __reduce_add_sync(mask, in[threadIdx.x]);
  mine[1] = __reduce_min_sync(mask, in[threadIdx.x]);
  mine[2] = __reduce_max_sync(mask, in[threadIdx.x]);
}

struct Count {
  int value;
};

__global__ void count(int* shared_count, int* global_count) {
  Count& count = static_shared<Count>();
  if (threadIdx.x == 0) count.value = 0;
  __syncthreads();
  atomicAdd(&count.value, 1);
  atomicAdd(global_count, 1);
  __syncthreads();
  if (threadIdx.x == 0) shared_count[blockIdx.x] = count.value;
}

__global__ void add_floats(float* out) { atomicAdd(out, blockIdx.x % 2 == 0 ? 1.0f : 0x1p-24f); }

struct Tile {
  float element[64];
};

__global__ void reverse(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = tile.element[63 - threadIdx.x];
  __syncthreads();
  tile.element[threadIdx.x] = 0;
}

__global__ void reverse_in_warp(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = in[threadIdx.x];
  __syncwarp();
  out[threadIdx.x] = tile.element[31 - threadIdx.x];
  __syncwarp();
  tile.element[threadIdx.x] = 0;
}

struct Stages {
  float element[2][64];
};

// Two stages: the next tile is on its way while this one is summed.
__global__ void sum_tiles(const float* in, float* out, int tiles) {
  Stages& stages = static_shared<Stages>();
  const auto fetch = [&](int tile) {
    copy_async<4>(&stages.element[tile % 2][threadIdx.x], in + 64 * tile + threadIdx.x, true);
    commit_copies();
  };
  float sum = 0;
  fetch(0);
  for (int tile = 0; tile < tiles; ++tile) {
    if (tile + 1 < tiles) {
      fetch(tile + 1);
    } else {
      commit_copies();
    }
    wait_copies<1>();
    __syncthreads();
    sum += stages.element[tile % 2][63 - threadIdx.x];
    __syncthreads();
  }
  out[threadIdx.x] = sum;
}

__global__ void fill_zeros(const float* in, float* out) {
  Tile& tile = static_shared<Tile>();
  copy_async<4>(&tile.element[threadIdx.x], in + threadIdx.x, threadIdx.x % 2 == 0);
  commit_copies();
  wait_copies<0>();
  out[threadIdx.x] = tile.element[threadIdx.x];
}

__global__ void write_place(int* out) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  const unsigned place = block * blockDim.x * blockDim.y * blockDim.z + thread;
  out[place] = static_cast<int>(place);
}

}  // namespace

void sums_by_shuffles(const float* in, float* out) {
  launch(sum_by_shuffles, {1, 32}, nullptr, in, out);
}
void rotates_by_shuffle(const double* in, double* out) {
  launch(rotate, {1, 32}, nullptr, in, out);
}
void shifts_within_groups(const int* in, int* up, int* down) {
  launch(shift, {1, 32}, nullptr, in, up, down);
}
void votes(const int* in, unsigned* out) { launch(vote, {1, 32}, nullptr, in, out); }
void reduces_half_warps(const int* in, int* out) {
  launch(reduce_halves, {1, 32}, nullptr, in, out);
}
void counts_with_atomics(int* shared_count, int* global_count) {
  launch(count, {4, 64}, nullptr, shared_count, global_count);
}
void adds_floats_atomically(float* out) { launch(add_floats, {64, 64}, nullptr, out); }
void passes_through_shared_memory(const float* in, float* out) {
  launch(reverse, {1, 64}, nullptr, in, out);
}
void passes_within_a_warp(const float* in, float* out) {
  launch(reverse_in_warp, {1, 32}, nullptr, in, out);
}
void stages_by_async_copies(const float* in, float* out, int tiles) {
  launch(sum_tiles, {1, 64}, nullptr, in, out, tiles);
}
void fills_with_zeros(const float* in, float* out) {
  launch(fill_zeros, {1, 64}, nullptr, in, out);
}
void writes_its_place(int* out) {
  launch(write_place, {dim3(2, 3, 2), dim3(4, 2, 2)}, nullptr, out);
}

}  // namespace breakeven::planted
