// What changed against naive: the gradient is cut into ranges of images (channels last: of places),
// so that blocks are enough for the device; a block's threads add up their parts and then each
// other by a tree in shared memory, and a second kernel adds the ranges in their order.
// Why: neighbouring threads read neighbours, all multiprocessors have work, and the bits are the
// same each time, as atomics would not give.
// Limits: backward; at most 2^30 elements; bf16 from architecture 80 on.
// Measured: on no card yet.

#include <algorithm>
#include <cstdint>
#include <memory>

#include "kernels/common/convert.h"
#include "kernels/common/device.h"
#include "kernels/common/handles.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/divisor.h"
#include "operations/bias/problem.h"

namespace breakeven::cuda_bias {
namespace {

constexpr int lanes = 32, rows = 8, threads = lanes * rows;
/// Of what an int counts also a step beyond its end.
constexpr std::int64_t most_elements = std::int64_t{1} << 30;
using cuda_conv::Divisor;

/// What a block sums up: one channel of a range of images, or channels last 32 neighbouring ones of
/// a range of places.
struct Cut {
  int ranges, length;  // images or places of a range, the last perhaps shorter
  int blocks;          // of a range
};

Cut cut_of(const BiasProblem& p, int multiprocessors) {
  const std::int64_t lines = p.channels_last ? p.n * p.places : p.n;
  const std::int64_t blocks = p.channels_last ? (p.c + lanes - 1) / lanes : p.c;
  const std::int64_t wanted = std::max<std::int64_t>(1, 4 * multiprocessors / blocks);
  // A range is worth its block from a few lines for each of its threads on.
  const std::int64_t least = p.channels_last ? 4 * rows : (4 * threads + p.places - 1) / p.places;
  const std::int64_t ranges = std::clamp<std::int64_t>(lines / least, 1, wanted);
  const std::int64_t length = (lines + ranges - 1) / ranges;
  return {static_cast<int>((lines + length - 1) / length), static_cast<int>(length),
          static_cast<int>(blocks)};
}

struct Sums {
  float of_thread[rows][lanes];
};

/// Adds the rows of a block by a tree; the first row has the sums of all then.
__device__ void add_rows(Sums& sums, int row, int lane) {
  for (int half = rows / 2; half > 0; half /= 2) {
    __syncthreads();
    if (row < half) sums.of_thread[row][lane] += sums.of_thread[row + half][lane];
  }
  __syncthreads();
}

/// Blocks are channels, then ranges of images. `partial` (ranges, C).
template <class T>
__global__ void __launch_bounds__(threads)
    tree_first_kernel(const T* dy, float* partial, int n, int c, Divisor places, Cut cut) {
  const int channel = static_cast<int>(blockIdx.x) % c, range = static_cast<int>(blockIdx.x) / c;
  const int first = range * cut.length;
  const int images = n - first < cut.length ? n - first : cut.length;
  const int thread = static_cast<int>(threadIdx.x);
  const int row = thread / lanes, lane = thread % lanes;
  float sum = 0;
  for (int i = thread; i < images * places.value(); i += threads) {
    const int image = places.quotient(i), place = i - image * places.value();
    const std::int64_t line = std::int64_t{first + image} * c + channel;
    sum += widened<float>(dy[line * places.value() + place]);
  }
  Sums& sums = static_shared<Sums>();
  sums.of_thread[row][lane] = sum;
  add_rows(sums, row, lane);
  if (thread != 0) return;
  float all = 0;
  for (int i = 0; i < lanes; ++i) all += sums.of_thread[0][i];
  partial[range * c + channel] = all;
}

/// Blocks are groups of 32 channels, then ranges of places. `partial` (ranges, C).
template <class T>
__global__ void __launch_bounds__(threads)
    tree_last_kernel(const T* dy, float* partial, int lines, int c, Cut cut) {
  const int group = static_cast<int>(blockIdx.x) % cut.blocks;
  const int range = static_cast<int>(blockIdx.x) / cut.blocks;
  const int row = static_cast<int>(threadIdx.x) / lanes;
  const int lane = static_cast<int>(threadIdx.x) % lanes;
  const int channel = group * lanes + lane;
  const int first = range * cut.length;
  const int end = lines - first < cut.length ? lines : first + cut.length;
  float sum = 0;
  if (channel < c) {
    for (int line = first + row; line < end; line += rows) {
      sum += widened<float>(dy[std::int64_t{line} * c + channel]);
    }
  }
  Sums& sums = static_shared<Sums>();
  sums.of_thread[row][lane] = sum;
  add_rows(sums, row, lane);
  if (row == 0 && channel < c) partial[range * c + channel] = sums.of_thread[0][lane];
}

/// db = the ranges' sums, in their order, one thread for each channel.
template <class T>
__global__ void __launch_bounds__(threads)
    sum_ranges_kernel(const float* partial, int ranges, int c, T* db) {
  const int channel = static_cast<int>(blockIdx.x) * threads + static_cast<int>(threadIdx.x);
  if (channel >= c) return;
  float sum = 0;
  for (int range = 0; range < ranges; ++range) sum += partial[range * c + channel];
  db[channel] = narrowed<T>(sum);
}

Support supports(const BiasProblem& p) {
  if (!p.backward) return Support::no("computes backward only");
  if (p.elements() > most_elements) return Support::no("counts at most 2^30 elements");
  if (p.dtype != Dtype::bf16) return Support::yes();
  return needs_architecture(reinterpret_cast<const void*>(sum_ranges_kernel<Bf16>), 80,
                            "rounding to bf16");
}

CudaCall prepare(const BiasProblem& p) {
  const Cut cut = cut_of(p, multiprocessors());
  const std::size_t bytes = static_cast<std::size_t>(cut.ranges * p.c) * sizeof(float);
  const std::shared_ptr<void> partial(make_device_buffer(bytes));
  CudaCall call;
  call.workspace_bytes = bytes;
  call.run = [p, cut, partial](Tensors tensors, Stream stream) {
    with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) {
      const T* dy = tensors[0].as<T>();
      auto* sums = static_cast<float*>(partial.get());
      const auto c = static_cast<int>(p.c);
      const auto blocks = static_cast<unsigned>(cut.blocks * cut.ranges);
      if (p.channels_last) {
        launch(tree_last_kernel<T>, {blocks, threads}, stream, dy, sums,
               static_cast<int>(p.n * p.places), c, cut);
      } else {
        launch(tree_first_kernel<T>, {blocks, threads}, stream, dy, sums, static_cast<int>(p.n), c,
               Divisor(p.places), cut);
      }
      launch(sum_ranges_kernel<T>, {static_cast<unsigned>((c + threads - 1) / threads), threads},
             stream, sums, cut.ranges, c, tensors[1].as<T>());
    });
  };
  return call;
}

}  // namespace

CudaImplementation<BiasProblem> tree() { return {"tree", Rung::tuned, supports, prepare}; }

}  // namespace breakeven::cuda_bias
