// Defects in the use of the matrix instructions, other than mistakes in a layout.

#include "kernels/common/async_copy.h"
#include "kernels/common/launch.h"
#include "kernels/common/load_matrix.h"
#include "kernels/common/shared_memory.h"
#include "kernels/common/wmma.h"
#include "tests/kernels/host/matrices.h"

namespace breakeven::planted {
namespace {

/// Rows of matrices as ldmatrix takes them, one for each lane to fill with zeros.
struct alignas(16) Rows {
  float element[32][4];

  __device__ void fill() {
    for (float& of : element[threadIdx.x % 32]) of = 0;
  }
};

/// Something to do with the words, so that they are loaded.
template <int count>
__device__ void keep(float* out, const std::uint32_t (&words)[count]) {
  out[threadIdx.x] = static_cast<float>(words[0]);
}

__global__ void load_misaligned(float* out) {
  Rows& rows = static_shared<Rows>();
  rows.fill();
  __syncwarp();
  std::uint32_t words[1];
  load_matrices<1>(words, rows.element[threadIdx.x % 8] + (threadIdx.x == 3 ? 2 : 0));
  keep(out, words);
}

__global__ void load_past(float* out) {
  Rows& rows = static_shared<Rows>();
  rows.fill();
  __syncwarp();
  std::uint32_t words[4];
  load_matrices<4>(words, rows.element[threadIdx.x + 1]);
  keep(out, words);
}

__global__ void load_global(const float* in, float* out) {
  std::uint32_t words[1];
  load_matrices<1>(words, in + 4 * (threadIdx.x % 8));
  keep(out, words);
}

__global__ void load_unwritten(float* out) {
  Rows& rows = static_shared<Rows>();
  if (threadIdx.x != 5) rows.fill();
  __syncwarp();
  std::uint32_t words[4];
  load_matrices<4>(words, rows.element[threadIdx.x]);
  keep(out, words);
}

__global__ void load_at_once(float* out) {
  Rows& rows = static_shared<Rows>();
  rows.fill();
  std::uint32_t words[4];
  load_matrices<4>(words, rows.element[threadIdx.x]);
  keep(out, words);
}

__global__ void load_of_other_warp(float* out) {
  Rows& rows = static_shared<Rows>();
  if (threadIdx.x < 32) rows.fill();
  __syncwarp();
  std::uint32_t words[4];
  if (threadIdx.x >= 32) {
    load_matrices<4>(words, rows.element[threadIdx.x % 32]);
    keep(out, words);
  }
}

__global__ void write_after_load(float* out) {
  Rows& rows = static_shared<Rows>();
  if (threadIdx.x < 32) rows.fill();
  __syncthreads();
  std::uint32_t words[4];
  load_matrices<4>(words, rows.element[threadIdx.x % 32]);
  keep(out, words);
  if (threadIdx.x < 32) rows.fill();
}

__global__ void load_copy(const float* in, float* out) {
  Rows& rows = static_shared<Rows>();
  copy_async<16>(rows.element[threadIdx.x], in + 4 * (threadIdx.x % 8), true);
  commit_copies();
  __syncwarp();
  std::uint32_t words[4];
  load_matrices<4>(words, rows.element[threadIdx.x]);
  keep(out, words);
  wait_copies<0>();
}

__global__ void load_in_branch(float* out) {
  Rows& rows = static_shared<Rows>();
  rows.fill();
  __syncwarp();
  std::uint32_t words[1];
  if (threadIdx.x < 8) {
    load_matrices<1>(words, rows.element[threadIdx.x]);
    keep(out, words);
  }
}

__global__ void multiply_in_branch(float* out) {
  float sums[4] = {};
  const std::uint32_t a[4] = {}, b[2] = {};
  if (threadIdx.x % 2 == 0) mma<Bf16>(sums, a, b);
  out[threadIdx.x] = sums[0];
}

__global__ void multiply_in_both_branches(float* out) {
  float sums[4] = {};
  const std::uint32_t a[4] = {}, b[2] = {};
  if (threadIdx.x < 16) {
    mma<Bf16>(sums, a, b);
  } else {
    mma<Bf16>(sums, a, b);
  }
  out[threadIdx.x] = sums[0];
}

using Sums = wmma::fragment<wmma::accumulator, 16, 16, 16, float>;
using PartOfA = wmma::fragment<wmma::matrix_a, 16, 16, 16, Bf16, wmma::row_major>;

struct alignas(32) Square {
  float element[16][20];
};

__global__ void store_apart(float*) {
  Square& square = static_shared<Square>();
  Sums sums;
  wmma::fill_fragment(sums, 0.0f);
  wmma::store_matrix_sync(square.element[threadIdx.x % 2], sums, 20, wmma::mem_row_major);
}

__global__ void store_misaligned(float*) {
  Square& square = static_shared<Square>();
  Sums sums;
  wmma::fill_fragment(sums, 0.0f);
  wmma::store_matrix_sync(square.element[0] + 4, sums, 20, wmma::mem_row_major);
}

__global__ void store_with_stride(float*) {
  Square& square = static_shared<Square>();
  Sums sums;
  wmma::fill_fragment(sums, 0.0f);
  wmma::store_matrix_sync(square.element[0], sums, 18, wmma::mem_row_major);
}

__global__ void load_past_buffer(const float* in, float* out) {
  PartOfA part;
  wmma::load_matrix_sync(part, reinterpret_cast<const Bf16*>(in), 16);
  out[threadIdx.x] = static_cast<float>(part.x[0]);
}

__global__ void store_then_read(float* out) {
  Square& square = static_shared<Square>();
  Sums sums;
  wmma::fill_fragment(sums, 0.0f);
  wmma::store_matrix_sync(square.element[0], sums, 20, wmma::mem_row_major);
  out[threadIdx.x] = square.element[threadIdx.x % 16][0];
}

}  // namespace

void misaligned_row(float* out) { launch(load_misaligned, {1, 32}, nullptr, out); }
void row_past_shared_memory(float* out) { launch(load_past, {1, 32}, nullptr, out); }
void row_in_global_memory(const float* in, float* out) {
  launch(load_global, {1, 32}, nullptr, in, out);
}
void matrix_that_nobody_wrote(float* out) { launch(load_unwritten, {1, 32}, nullptr, out); }
void no_syncwarp_before_ldmatrix(float* out) { launch(load_at_once, {1, 32}, nullptr, out); }
void no_barrier_before_ldmatrix(float* out) { launch(load_of_other_warp, {1, 64}, nullptr, out); }
void no_barrier_after_ldmatrix(float* out) { launch(write_after_load, {1, 64}, nullptr, out); }
void ldmatrix_of_a_copy_under_way(const float* in, float* out) {
  launch(load_copy, {1, 32}, nullptr, in, out);
}
void ldmatrix_in_a_branch(float* out) { launch(load_in_branch, {1, 32}, nullptr, out); }
void mma_in_a_branch(float* out) { launch(multiply_in_branch, {1, 32}, nullptr, out); }
void two_mma_for_one(float* out) { launch(multiply_in_both_branches, {1, 32}, nullptr, out); }
void wmma_lanes_differ(float* out) { launch(store_apart, {1, 32}, nullptr, out); }
void misaligned_wmma(float* out) { launch(store_misaligned, {1, 32}, nullptr, out); }
void wmma_with_a_bad_stride(float* out) { launch(store_with_stride, {1, 32}, nullptr, out); }
void wmma_past_a_buffer(const float* in, float* out) {
  launch(load_past_buffer, {1, 32}, nullptr, in, out);
}
void no_syncwarp_after_wmma_store(float* out) { launch(store_then_read, {1, 32}, nullptr, out); }

}  // namespace breakeven::planted
