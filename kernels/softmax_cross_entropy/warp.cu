// What changed against naive: one warp for each row; its lanes take logits side by side and combine
// largest and sum by shuffles.
// Why: neighbouring threads read neighbours, and a batch keeps 32 times as many threads busy.
// What is left: exponentials are computed once and wait in the gradient, which is written twice.
// Limits: at most 2^31 - 1 blocks of 8 rows.
// Measured: on no card yet.
// Instructions: SHFL

#include <cmath>
#include <cstdint>
#include <memory>

#include "kernels/common/grid.h"
#include "kernels/common/handles.h"
#include "kernels/common/launch.h"
#include "kernels/softmax_cross_entropy/mean_loss.h"
#include "operations/implementation.h"
#include "operations/softmax_cross_entropy/problem.h"

namespace breakeven::cuda_softmax_cross_entropy {
namespace {

constexpr int warps = 8, lanes = 32, threads = warps * lanes;
constexpr unsigned all_lanes = 0xffffffff;

__device__ float largest_of_warp(float value) {
  for (int other = lanes / 2; other > 0; other /= 2) {
    value = fmaxf(value, __shfl_xor_sync(all_lanes, value, other));
  }
  return value;
}

__device__ float sum_of_warp(float value) {
  for (int other = lanes / 2; other > 0; other /= 2) {
    value += __shfl_xor_sync(all_lanes, value, other);
  }
  return value;
}

/// Losses of the rows, not divided by their number, and the gradient.
__global__ void __launch_bounds__(threads)
    warp_kernel(const float* logits, const std::int32_t* labels, std::int64_t rows,
                std::int64_t classes, float* losses, float* gradient) {
  const int lane = static_cast<int>(threadIdx.x) % lanes;
  const std::int64_t row = std::int64_t{blockIdx.x} * warps + threadIdx.x / lanes;
  if (row >= rows) return;  // all lanes of a warp
  logits += row * classes;
  gradient += row * classes;
  float largest = logits[0];
  for (std::int64_t c = lane; c < classes; c += lanes) largest = fmaxf(largest, logits[c]);
  largest = largest_of_warp(largest);
  float sum = 0;
  for (std::int64_t c = lane; c < classes; c += lanes) {
    const float power = expf(logits[c] - largest);
    gradient[c] = power;
    sum += power;
  }
  sum = sum_of_warp(sum);
  const std::int32_t label = labels[row];
  const float all = static_cast<float>(rows), factor = 1 / (sum * all);
  for (std::int64_t c = lane; c < classes; c += lanes) {
    gradient[c] = gradient[c] * factor - (c == label ? 1 / all : 0.0f);
  }
  if (lane == 0) losses[row] = logf(sum) + largest - logits[label];
}

std::int64_t blocks_of(const SoftmaxCrossEntropyProblem& p) { return (p.n + warps - 1) / warps; }

Support supports(const SoftmaxCrossEntropyProblem& p) { return fits_grid(blocks_of(p)); }

CudaCall prepare(const SoftmaxCrossEntropyProblem& p) {
  const std::size_t bytes = static_cast<std::size_t>(p.n) * sizeof(float);
  const std::shared_ptr<void> of_rows(make_device_buffer(bytes));
  CudaCall call;
  call.workspace_bytes = bytes;
  call.run = [p, of_rows](Tensors tensors, Stream stream) {
    auto* losses = static_cast<float*>(of_rows.get());
    launch(warp_kernel, {static_cast<unsigned>(blocks_of(p)), threads}, stream,
           tensors[0].as<float>(), tensors[1].as<std::int32_t>(), p.n, p.classes, losses,
           tensors[3].as<float>());
    enqueue_mean(losses, p.n, tensors[2].as<float>(), stream);
  };
  return call;
}

}  // namespace

CudaImplementation<SoftmaxCrossEntropyProblem> warp() {
  return {"warp", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_softmax_cross_entropy
