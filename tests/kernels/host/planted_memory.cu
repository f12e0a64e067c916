// Defects in the use of memory.

#include "kernels/common/shared_memory.h"
#include "tests/kernels/host/planted.h"

namespace breakeven::planted {
namespace {

__global__ void read_past(const float* in, float* out, int elements) {
  if (threadIdx.x == 0) out[0] = in[elements];
}

__global__ void write_past(float* out, int elements) {
  if (threadIdx.x == 5) out[elements] = 1;
}

struct Tile {
  float element[32];
};

__global__ void read_past_tile(float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = 1;
  __syncthreads();
  const float* element = tile.element;
  out[threadIdx.x] = element[threadIdx.x + 1];
}

__global__ void write_past_dynamic(float* out) {
  float* element = dynamic_shared<float>();
  element[2 * threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = element[0];
}

__global__ void load_misaligned(const float* in, float* out) {
  const float4 v = *reinterpret_cast<const float4*>(in + threadIdx.x);
  out[threadIdx.x] = v.x + v.w;
}

__global__ void load_misaligned_shared(float* out) {
  Tile& tile = static_shared<Tile>();
  tile.element[threadIdx.x] = 1;
  __syncthreads();
  const float4 v = *reinterpret_cast<const float4*>(tile.element);
  out[threadIdx.x] = v.x;
}

__global__ void read_unwritten(float* out) {
  Tile& tile = static_shared<Tile>();
  if (threadIdx.x < 31) tile.element[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = tile.element[31 - threadIdx.x];
}

__global__ void add_past(float* out, int elements) {
  if (threadIdx.x == 7) atomicAdd(out + elements, 1.0f);
}

__global__ void copy(const float* in, float* out, int elements) {
  const auto i = static_cast<int>(threadIdx.x);
  if (i < elements) out[i] = in[i];
}

}  // namespace

void reads_past_a_buffer(const float* in, float* out, int elements) {
  launch(read_past, {1, 32}, nullptr, in, out, elements);
}
void writes_past_a_buffer(float* out, int elements) {
  launch(write_past, {1, 32}, nullptr, out, elements);
}
void reads_past_shared_memory(float* out) { launch(read_past_tile, {1, 32}, nullptr, out); }
void writes_past_dynamic_shared_memory(float* out) {
  launch(write_past_dynamic, {1, 32, 32 * sizeof(float)}, nullptr, out);
}
void loads_misaligned_vector(const float* in, float* out) {
  launch(load_misaligned, {1, 2}, nullptr, in, out);
}
void loads_misaligned_vector_from_shared_memory(float* out) {
  launch(load_misaligned_shared, {1, 32}, nullptr, out);
}
void reads_unwritten_shared_memory(float* out) { launch(read_unwritten, {1, 32}, nullptr, out); }
void adds_past_a_buffer(float* out, int elements) {
  launch(add_past, {1, 32}, nullptr, out, elements);
}
void copies_a_buffer(const float* in, float* out, int elements) {
  launch(copy, {1, 32}, nullptr, in, out, elements);
}

}  // namespace breakeven::planted
