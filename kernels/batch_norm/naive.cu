// One thread for each channel, which goes through its elements two or three times.
// What is wrong with it: there are as few threads as channels, and they read far apart.
// Limits: at most 2^31 - 1 blocks of 64.
// Measured: on no card yet.

#include <cmath>
#include <cstdint>

#include "kernels/batch_norm/arguments.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "operations/implementation.h"

namespace breakeven::cuda_batch_norm {
namespace {

constexpr int threads = 64;

__global__ void __launch_bounds__(threads) naive_kernel(Forward f, Channels of) {
  const std::int64_t c = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (c >= of.c) return;
  float mean = f.running_mean[c], var = f.running_var[c];
  if (f.mean) {
    const auto count = static_cast<float>(of.count());
    float sum = 0, spread = 0;
    for (std::int64_t i = 0; i < of.count(); ++i) sum += f.x[of.at(c, i)];
    mean = sum / count;
    for (std::int64_t i = 0; i < of.count(); ++i) {
      const float distance = f.x[of.at(c, i)] - mean;
      spread += distance * distance;
    }
    var = spread / count;
    f.mean[c] = mean;
    f.var[c] = var;
    update_running(f, c, mean, spread, of);
  }
  const float scale = f.weight[c] / sqrtf(var + of.eps), bias = f.bias[c];
  for (std::int64_t i = 0; i < of.count(); ++i) {
    const std::int64_t at = of.at(c, i);
    f.y[at] = (f.x[at] - mean) * scale + bias;
  }
}

__global__ void __launch_bounds__(threads) naive_backward_kernel(Backward b, Channels of) {
  const std::int64_t c = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (c >= of.c) return;
  const float mean = b.mean[c], scale = 1 / sqrtf(b.var[c] + of.eps);
  float sum = 0, product = 0;  // of dy, and of dy·xhat
  for (std::int64_t i = 0; i < of.count(); ++i) {
    const std::int64_t at = of.at(c, i);
    sum += b.dy[at];
    product += b.dy[at] * ((b.x[at] - mean) * scale);
  }
  b.dweight[c] = product;
  b.dbias[c] = sum;
  const auto count = static_cast<float>(of.count());
  const float mean_dy = sum / count, tilt = product / count, factor = b.weight[c] * scale;
  for (std::int64_t i = 0; i < of.count(); ++i) {
    const std::int64_t at = of.at(c, i);
    const float xhat = (b.x[at] - mean) * scale;
    b.dx[at] = factor * (b.dy[at] - mean_dy - xhat * tilt);
  }
}

std::int64_t blocks_of(const BatchNormProblem& p) { return (p.c + threads - 1) / threads; }

Support supports(const BatchNormProblem& p) { return fits_grid(blocks_of(p)); }

CudaCall prepare(const BatchNormProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const LaunchShape shape{static_cast<unsigned>(blocks_of(p)), threads};
    if (p.mode == BatchNorm::backward) {
      launch(naive_backward_kernel, shape, stream, Backward(tensors), Channels(p));
    } else {
      launch(naive_kernel, shape, stream, Forward(p, tensors), Channels(p));
    }
  }};
}

}  // namespace

CudaImplementation<BatchNormProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_batch_norm
