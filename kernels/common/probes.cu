#include <stdexcept>
#include <string>

#include "kernels/common/full_wave.h"
#include "kernels/common/instructions.h"
#include "kernels/common/launch.h"
#include "kernels/common/probes.h"
#include "kernels/common/shared_memory.h"

namespace breakeven {
namespace {

constexpr int block_threads = 256;

std::size_t vectors_of(std::size_t bytes) {
  if (bytes % sizeof(uint4) != 0) {
    throw std::invalid_argument(std::to_string(bytes) + " bytes are no multiple of 16");
  }
  return bytes / sizeof(uint4);
}

__global__ void block_kernel(volatile BlockFlags* flags, int ticket, std::uint64_t timeout_ns) {
  const std::uint64_t start = global_timer_ns();
  while (flags->released < ticket) {
    if (global_timer_ns() - start > timeout_ns) {
      flags->timed_out = ticket;
      __threadfence_system();
      return;
    }
    __nanosleep(100);  // leaves the link to the copies that are queued meanwhile
  }
}

__global__ void empty_kernel() {}

constexpr int fma_chains = 16;  // independent: more than latency times issue rate asks for
constexpr int fma_unroll = 16;

template <class T>
__global__ void __launch_bounds__(block_threads) fma_kernel(T* sink, int rounds, T factor, T term) {
  T chain[fma_chains];
#pragma unroll
  for (int i = 0; i < fma_chains; ++i) {
    const T start =
        static_cast<T>(0.618033988749894848) * static_cast<T>(threadIdx.x * fma_chains + i);
    chain[i] = start - floor(start);
  }
  for (int round = 0; round < rounds; ++round) {
#pragma unroll
    for (int step = 0; step < fma_unroll; ++step) {
#pragma unroll
      for (int i = 0; i < fma_chains; ++i) chain[i] = chain[i] * factor + term;
    }
  }
  T sum = 0;
#pragma unroll
  for (int i = 0; i < fma_chains; ++i) sum += chain[i];
  // All chains stay within [0, 1], which the compiler cannot know: so it keeps them.
  if (!(sum >= 0)) *sink = sum;
}

template <class T>
double enqueue_fma(Stream stream, T* sink, int rounds) {
  const dim3 grid = full_wave(fma_kernel<T>, block_threads);
  // x becomes 1 - x and back: full mantissas, since constant operands would draw less power.
  launch(fma_kernel<T>, {grid, block_threads}, stream, sink, rounds, static_cast<T>(-1),
         static_cast<T>(1));
  return 2.0 * grid.x * block_threads * fma_chains * fma_unroll * rounds;
}

__global__ void __launch_bounds__(block_threads)
    copy_kernel(uint4* __restrict__ to, const uint4* __restrict__ from, std::size_t vectors) {
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i + 3 * stride < vectors; i += 4 * stride) {  // four loads under way at once
    uint4 v[4];
#pragma unroll
    for (int part = 0; part < 4; ++part) v[part] = from[i + part * stride];
#pragma unroll
    for (int part = 0; part < 4; ++part) to[i + part * stride] = v[part];
  }
  for (; i < vectors; i += stride) to[i] = from[i];
}

struct PartialSums {
  std::uint32_t thread[block_threads];
};

__global__ void __launch_bounds__(block_threads)
    l2_read_kernel(const uint4* buffer, std::size_t vectors, int rounds, std::uint32_t* sum) {
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  const std::size_t thread = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  std::uint32_t own = 0;
  for (int round = 0; round < rounds; ++round) {
    // Each round another block reads a line, so that no two reads of a thread are the same.
    const std::size_t shift = static_cast<std::size_t>(round) * blockDim.x % vectors;
#pragma unroll 4
    for (std::size_t i = thread; i < vectors; i += stride) {
      const std::size_t shifted = i + shift;
      const uint4 v = __ldcg(buffer + (shifted < vectors ? shifted : shifted - vectors));
      own += v.x + v.y + v.z + v.w;
    }
  }
  PartialSums& sums = static_shared<PartialSums>();
  sums.thread[threadIdx.x] = own;
  for (unsigned half = block_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) sums.thread[threadIdx.x] += sums.thread[threadIdx.x + half];
  }
  if (threadIdx.x == 0) atomicAdd(sum, sums.thread[0]);
}

}  // namespace

void enqueue_block(Stream stream, BlockFlags* flags, int ticket, std::uint64_t timeout_ns) {
  launch(block_kernel, {1, 1}, stream, flags, ticket, timeout_ns);
}

void enqueue_empty(Stream stream) { launch(empty_kernel, {1, 1}, stream); }

double enqueue_fma(Stream stream, Dtype dtype, void* sink, int rounds) {
  return with_f32_or_f64(
      dtype, [&]<class T>(T) { return enqueue_fma(stream, static_cast<T*>(sink), rounds); });
}

double enqueue_copy(Stream stream, void* to, const void* from, std::size_t bytes) {
  const std::size_t vectors = vectors_of(bytes);
  launch(copy_kernel, {full_wave(copy_kernel, block_threads), block_threads}, stream,
         static_cast<uint4*>(to), static_cast<const uint4*>(from), vectors);
  return 2.0 * static_cast<double>(bytes);
}

double enqueue_l2_read(Stream stream, const void* buffer, std::size_t bytes, int rounds,
                       std::uint32_t* sum) {
  const std::size_t vectors = vectors_of(bytes);
  launch(l2_read_kernel, {full_wave(l2_read_kernel, block_threads), block_threads}, stream,
         static_cast<const uint4*>(buffer), vectors, rounds, sum);
  return static_cast<double>(bytes) * rounds;
}

}  // namespace breakeven
