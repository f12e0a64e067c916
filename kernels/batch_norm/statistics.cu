// One thread for each channel: between a batch's variance and the 1/√(var + eps) that a library
// keeps of it. The variance is the square of the inverse's inverse less eps, at least zero: an
// error of the inverse is one of var + eps. Limits: at most 2^31 - 1 blocks of 256. Measured: on no
// card yet.

#include <cmath>

#include "kernels/batch_norm/arguments.h"
#include "kernels/batch_norm/statistics.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"

namespace breakeven::cuda_batch_norm {
namespace {

constexpr int threads = 256;

__global__ void __launch_bounds__(threads)
    finish_statistics_kernel(Forward f, const float* inverse, Channels of) {
  const std::int64_t c = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (c >= of.c) return;
  const float deviation = 1 / inverse[c];
  const float var = fmaxf(deviation * deviation - of.eps, 0.0f);
  f.var[c] = var;
  update_running(f, c, f.mean[c], var * static_cast<float>(of.count()), of);
}

__global__ void __launch_bounds__(threads)
    invert_deviations_kernel(const float* var, float* inverse, Channels of) {
  const std::int64_t c = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (c < of.c) inverse[c] = 1 / sqrtf(var[c] + of.eps);
}

std::int64_t blocks_of(const BatchNormProblem& p) { return (p.c + threads - 1) / threads; }

}  // namespace

void finish_statistics(const BatchNormProblem& p, Tensors tensors, const float* inverse,
                       Stream stream) {
  launch(finish_statistics_kernel, {static_cast<unsigned>(blocks_of(p)), threads}, stream,
         Forward(p, tensors), inverse, Channels(p));
}

void invert_deviations(const BatchNormProblem& p, const float* var, float* inverse, Stream stream) {
  launch(invert_deviations_kernel, {static_cast<unsigned>(blocks_of(p)), threads}, stream, var,
         inverse, Channels(p));
}

Support statistics_support(const BatchNormProblem& p) { return fits_grid(blocks_of(p)); }

}  // namespace breakeven::cuda_batch_norm
