#include "kernels/common/full_wave.h"
#include "kernels/common/launch.h"
#include "kernels/common/mma.h"
#include "kernels/common/probes.h"

namespace breakeven {
namespace {

constexpr int block_threads = 256;
constexpr int chains = 8;  // independent products of a warp
constexpr int unroll = 8;

/// Two or more elements of T in a word: random mantissas and signs in [0.5, 1), so that bits keep
/// switching and sums do not grow out of what they can hold; all of s8.
template <class T>
__device__ std::uint32_t operand_word(std::uint32_t place) {
  std::uint32_t bits = place * 0x9e3779b9u + 0x7f4a7c15u;
  bits = (bits ^ (bits >> 15)) * 0x85ebca6bu;
  bits ^= bits >> 13;
  if constexpr (std::is_same_v<T, Bf16>) return (bits & 0x807f807fu) | 0x3f003f00u;
  if constexpr (std::is_same_v<T, F16>) return (bits & 0x83ff83ffu) | 0x38003800u;
  if constexpr (std::is_same_v<T, float>) return (bits & 0x807fe000u) | 0x3f000000u;
  return bits;
}

template <class T>
__global__ void __launch_bounds__(block_threads) matrix_kernel(MmaSum<T>* sink, int rounds) {
  std::uint32_t a[4], b[2];
#pragma unroll
  for (int i = 0; i < 4; ++i) a[i] = operand_word<T>(threadIdx.x * 6 + i);
#pragma unroll
  for (int i = 0; i < 2; ++i) b[i] = operand_word<T>(threadIdx.x * 6 + 4 + i);
  MmaSum<T> sums[chains][4] = {};
  for (int round = 0; round < rounds; ++round) {
#pragma unroll
    for (int step = 0; step < unroll; ++step) {
#pragma unroll
      for (int chain = 0; chain < chains; ++chain) mma<T>(sums[chain], a, b);
    }
  }
  MmaSum<T> total = 0;
#pragma unroll
  for (int chain = 0; chain < chains; ++chain) {
#pragma unroll
    for (int i = 0; i < 4; ++i) total += sums[chain][i];
  }
  // What the compiler cannot rule out: so it keeps the products.
  if (total == static_cast<MmaSum<T>>(-123456789)) *sink = total;
}

template <class T>
double enqueue(Stream stream, void* sink, int rounds) {
  const dim3 grid = full_wave(matrix_kernel<T>, block_threads);
  launch(matrix_kernel<T>, {grid, block_threads}, stream, static_cast<MmaSum<T>*>(sink), rounds);
  constexpr double operations = 2.0 * 16 * 8 * (32 / sizeof(T));  // of one mma
  return operations * (grid.x * block_threads / 32) * chains * unroll * rounds;
}

}  // namespace

double enqueue_matrix(Stream stream, Dtype dtype, void* sink, int rounds) {
  switch (dtype) {
    case Dtype::bf16:
      return enqueue<Bf16>(stream, sink, rounds);
    case Dtype::f16:
      return enqueue<F16>(stream, sink, rounds);
    case Dtype::s8:
      return enqueue<std::int8_t>(stream, sink, rounds);
    default:
      return enqueue<float>(stream, sink, rounds);
  }
}

}  // namespace breakeven
