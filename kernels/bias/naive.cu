// Forward one thread for each element; backward one thread for each channel, which sums up all that
// share its bias.
// What is wrong with it: backward has as few threads as there are channels, and channels first they
// read far apart.
// Limits: at most 2^31 - 1 blocks of 256; bf16 from architecture 80 on.
// Measured: on no card yet.

#include "kernels/common/convert.h"
#include "kernels/common/device.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "operations/bias/problem.h"

namespace breakeven::cuda_bias {
namespace {

constexpr int threads = 256;

struct Extents {
  std::int64_t n, c, places;
  bool channels_last;

  explicit Extents(const BiasProblem& p)
      : n(p.n), c(p.c), places(p.places), channels_last(p.channels_last) {}
};

template <class T>
__global__ void __launch_bounds__(threads) naive_kernel(const T* x, const T* b, T* y, Extents of) {
  const std::int64_t i = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (i >= of.n * of.c * of.places) return;
  const std::int64_t channel = of.channels_last ? i % of.c : i / of.places % of.c;
  y[i] = narrowed<T>(widened<float>(x[i]) + widened<float>(b[channel]));
}

template <class T>
__global__ void __launch_bounds__(threads) naive_backward_kernel(const T* dy, T* db, Extents of) {
  const std::int64_t channel = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  if (channel >= of.c) return;
  const std::int64_t place_step = of.channels_last ? of.c : 1;
  const T* image = dy + channel * (of.channels_last ? 1 : of.places);
  float sum = 0;
  for (std::int64_t n = 0; n < of.n; ++n, image += of.c * of.places) {
    for (std::int64_t i = 0; i < of.places; ++i) sum += widened<float>(image[i * place_step]);
  }
  db[channel] = narrowed<T>(sum);
}

std::int64_t blocks_of(const BiasProblem& p) {
  return ((p.backward ? p.c : p.elements()) + threads - 1) / threads;
}

Support supports(const BiasProblem& p) {
  if (const Support grid = fits_grid(blocks_of(p)); !grid) return grid;
  if (p.dtype != Dtype::bf16) return Support::yes();
  return needs_architecture(reinterpret_cast<const void*>(naive_kernel<Bf16>), 80,
                            "rounding to bf16");
}

CudaCall prepare(const BiasProblem& p) {
  return {[p](Tensors tensors, Stream stream) {
    const LaunchShape shape{static_cast<unsigned>(blocks_of(p)), threads};
    with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) {
      if (p.backward) {
        launch(naive_backward_kernel<T>, shape, stream, tensors[0].as<T>(), tensors[1].as<T>(),
               Extents(p));
      } else {
        launch(naive_kernel<T>, shape, stream, tensors[0].as<T>(), tensors[1].as<T>(),
               tensors[2].as<T>(), Extents(p));
      }
    });
  }};
}

}  // namespace

CudaImplementation<BiasProblem> naive() { return {"naive", Rung::naive, supports, prepare}; }

}  // namespace breakeven::cuda_bias
