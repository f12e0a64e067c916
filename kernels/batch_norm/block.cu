// What changed against naive: a block for each channel; its threads add up their parts and then
// each other by a tree in shared memory.
// Why: neighbouring threads read neighbours (channels first), and there are 256 times as many.
// What is left: channels last, a block reads one element of each cache line; and few channels keep
// few multiprocessors busy.
// Limits: at most 2^31 - 1 channels.
// Measured: on no card yet.

#include <cmath>
#include <cstdint>

#include "kernels/batch_norm/arguments.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "operations/implementation.h"

namespace breakeven::cuda_batch_norm {
namespace {

constexpr int threads = 256;

struct Sums {
  float first[threads], second[threads];
};

struct Pair {
  float first, second;
};

/// Both sums over the threads of a block, by a tree: the same bits each time, and in all threads.
__device__ Pair sum_of_block(float first, float second) {
  Sums& sums = static_shared<Sums>();
  const int thread = static_cast<int>(threadIdx.x);
  __syncthreads();  // the sums of before have been read
  sums.first[thread] = first;
  sums.second[thread] = second;
  for (int half = threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) {
      sums.first[thread] += sums.first[thread + half];
      sums.second[thread] += sums.second[thread + half];
    }
  }
  __syncthreads();
  return {sums.first[0], sums.second[0]};
}

__global__ void __launch_bounds__(threads) block_kernel(Forward f, Channels of) {
  const std::int64_t c = blockIdx.x, first = threadIdx.x;
  float mean = f.running_mean[c], var = f.running_var[c];
  if (f.mean) {
    const auto count = static_cast<float>(of.count());
    float sum = 0, spread = 0;
    for (std::int64_t i = first; i < of.count(); i += threads) sum += f.x[of.at(c, i)];
    mean = sum_of_block(sum, 0).first / count;
    for (std::int64_t i = first; i < of.count(); i += threads) {
      const float distance = f.x[of.at(c, i)] - mean;
      spread += distance * distance;
    }
    spread = sum_of_block(spread, 0).first;
    var = spread / count;
    if (first == 0) {
      f.mean[c] = mean;
      f.var[c] = var;
      update_running(f, c, mean, spread, of);
    }
  }
  const float scale = f.weight[c] / sqrtf(var + of.eps), bias = f.bias[c];
  for (std::int64_t i = first; i < of.count(); i += threads) {
    const std::int64_t at = of.at(c, i);
    f.y[at] = (f.x[at] - mean) * scale + bias;
  }
}

__global__ void __launch_bounds__(threads) block_backward_kernel(Backward b, Channels of) {
  const std::int64_t c = blockIdx.x, first = threadIdx.x;
  const float mean = b.mean[c], scale = 1 / sqrtf(b.var[c] + of.eps);
  float sum = 0, product = 0;  // of dy, and of dy·xhat
  for (std::int64_t i = first; i < of.count(); i += threads) {
    const std::int64_t at = of.at(c, i);
    sum += b.dy[at];
    product += b.dy[at] * ((b.x[at] - mean) * scale);
  }
  const Pair all = sum_of_block(sum, product);
  if (first == 0) {
    b.dweight[c] = all.second;
    b.dbias[c] = all.first;
  }
  const auto count = static_cast<float>(of.count());
  const float mean_dy = all.first / count, tilt = all.second / count;
  const float factor = b.weight[c] * scale;
  for (std::int64_t i = first; i < of.count(); i += threads) {
    const std::int64_t at = of.at(c, i);
    const float xhat = (b.x[at] - mean) * scale;
    b.dx[at] = factor * (b.dy[at] - mean_dy - xhat * tilt);
  }
}

Support supports(const BatchNormProblem& p) { return fits_grid(p.c); }

CudaCall prepare(const BatchNormProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const LaunchShape shape{static_cast<unsigned>(p.c), threads};
    if (p.mode == BatchNorm::backward) {
      launch(block_backward_kernel, shape, stream, Backward(tensors), Channels(p));
    } else {
      launch(block_kernel, shape, stream, Forward(p, tensors), Channels(p));
    }
  }};
}

}  // namespace

CudaImplementation<BatchNormProblem> block() { return {"block", Rung::tuned, supports, prepare}; }

}  // namespace breakeven::cuda_batch_norm
