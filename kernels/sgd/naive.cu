// One thread for each parameter, neighbouring threads on neighbouring parameters.
// What is wrong with it: each thread moves 4 bytes at a time and ends.
// Limits: at most 2^31 - 1 blocks of 256.
// Measured: on no card yet.

#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "kernels/sgd/update.h"
#include "operations/implementation.h"

namespace breakeven::cuda_sgd {
namespace {

constexpr int threads = 256;

__global__ void __launch_bounds__(threads)
    naive_kernel(const float* g, float* v, float* w, std::int64_t n, Update update) {
  const std::int64_t i = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (i < n) update(g[i], v[i], w[i]);
}

std::int64_t blocks_of(const SgdProblem& p) { return (p.n + threads - 1) / threads; }

Support supports(const SgdProblem& p) { return fits_grid(blocks_of(p)); }

CudaCall prepare(const SgdProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    launch(naive_kernel, {static_cast<unsigned>(blocks_of(p)), threads}, stream,
           tensors[0].as<float>(), tensors[1].as<float>(), tensors[2].as<float>(), p.n, Update(p));
  }};
}

}  // namespace

CudaImplementation<SgdProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_sgd
