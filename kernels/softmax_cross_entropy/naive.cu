// One thread for each row, which goes through its logits three times; then one block for the mean.
// What is wrong with it: neighbouring threads read rows apart, and a batch has few rows for a GPU.
// Limits: at most 2^31 - 1 blocks of 128 rows.
// Measured: on no card yet.

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

constexpr int threads = 128;

/// Losses of the rows, not divided by their number, and the gradient.
__global__ void __launch_bounds__(threads)
    naive_kernel(const float* logits, const std::int32_t* labels, std::int64_t rows,
                 std::int64_t classes, float* losses, float* gradient) {
  const std::int64_t row = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (row >= rows) return;
  logits += row * classes;
  gradient += row * classes;
  float largest = logits[0];
  for (std::int64_t c = 1; c < classes; ++c) largest = fmaxf(largest, logits[c]);
  float sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const float power = expf(logits[c] - largest);
    gradient[c] = power;
    sum += power;
  }
  const std::int32_t label = labels[row];
  const float all = static_cast<float>(rows), factor = 1 / (sum * all);
  for (std::int64_t c = 0; c < classes; ++c) {
    gradient[c] = gradient[c] * factor - (c == label ? 1 / all : 0.0f);
  }
  losses[row] = logf(sum) + largest - logits[label];
}

std::int64_t blocks_of(const SoftmaxCrossEntropyProblem& p) {
  return (p.n + threads - 1) / threads;
}

Support supports(const SoftmaxCrossEntropyProblem& p) { return fits_grid(blocks_of(p)); }

CudaCall prepare(const SoftmaxCrossEntropyProblem& p) {
  const std::size_t bytes = static_cast<std::size_t>(p.n) * sizeof(float);
  const std::shared_ptr<void> of_rows(make_device_buffer(bytes));
  CudaCall call;
  call.workspace_bytes = bytes;
  call.run = [p, of_rows](Tensors tensors, Stream stream) {
    auto* losses = static_cast<float*>(of_rows.get());
    launch(naive_kernel, {static_cast<unsigned>(blocks_of(p)), threads}, stream,
           tensors[0].as<float>(), tensors[1].as<std::int32_t>(), p.n, p.classes, losses,
           tensors[3].as<float>());
    enqueue_mean(losses, p.n, tensors[2].as<float>(), stream);
  };
  return call;
}

}  // namespace

CudaImplementation<SoftmaxCrossEntropyProblem> naive() {
  return {"naive", Rung::naive, supports, prepare};
}

}  // namespace breakeven::cuda_softmax_cross_entropy
