// What changed against naive: forward by 16 bytes at a time, by as many blocks as the device holds
// at once; channels are found by multiplying with a reciprocal.
// Why: one instruction moves what eight did (bf16, f16), and a division of 64 bits for each element
// takes longer than its memory; it is bound by memory then.
// Limits: forward; vectors where a channel's places (or, channels last, a place's channels) are
// whole ones, else element by element; at most 2^30 elements; bf16 from architecture 80 on.
// Measured: on no card yet.
// Instructions: f32:LDG.E.128 f32:STG.E.128 f16:LDG.E.128 f16:STG.E.128

#include <cstdint>

#include "kernels/common/convert.h"
#include "kernels/common/device.h"
#include "kernels/common/full_wave.h"
#include "kernels/common/grid.h"
#include "kernels/common/launch.h"
#include "kernels/conv/divisor.h"
#include "kernels/gemm/operand.h"
#include "operations/bias/problem.h"

namespace breakeven::cuda_bias {
namespace {

constexpr int threads = 256;
/// Of what an int counts also a step beyond its end.
constexpr std::int64_t most_elements = std::int64_t{1} << 30;
using cuda_conv::Divisor;
using cuda_gemm::Vector;

/// How to find an element's channel.
struct Channels {
  Divisor places, channels;
  bool last;

  explicit Channels(const BiasProblem& p)
      : places(p.channels_last ? 1 : p.places), channels(p.c), last(p.channels_last) {}

  __device__ int of(int element) const {
    const int line = places.quotient(element);
    return line - channels.quotient(line) * channels.value();
  }
};

/// `vectors` whole vectors, all of one channel or, channels last, of neighbouring ones; then
/// element by element up to `n`.
template <class T>
__global__ void __launch_bounds__(threads)
    vectorized_kernel(const T* x, const T* b, T* y, int n, int vectors, Channels channels) {
  using V = Vector<T>;
  const int thread = static_cast<int>(blockIdx.x) * threads + static_cast<int>(threadIdx.x);
  const std::int64_t all_threads = std::int64_t{gridDim.x} * threads;
  for (std::int64_t i = thread; i < vectors; i += all_threads) {
    V v = reinterpret_cast<const V*>(x)[i];
    const int channel = channels.of(static_cast<int>(i) * V::size);
#pragma unroll
    for (int e = 0; e < V::size; ++e) {
      const float bias = widened<float>(b[channel + (channels.last ? e : 0)]);
      v.element[e] = narrowed<T>(widened<float>(v.element[e]) + bias);
    }
    reinterpret_cast<V*>(y)[i] = v;
  }
  for (std::int64_t i = std::int64_t{vectors} * V::size + thread; i < n; i += all_threads) {
    const float bias = widened<float>(b[channels.of(static_cast<int>(i))]);
    y[i] = narrowed<T>(widened<float>(x[i]) + bias);
  }
}

Support supports(const BiasProblem& p) {
  if (p.backward) return Support::no("computes forward only");
  if (p.elements() > most_elements) return Support::no("counts at most 2^30 elements");
  if (p.dtype != Dtype::bf16) return Support::yes();
  return needs_architecture(reinterpret_cast<const void*>(vectorized_kernel<Bf16>), 80,
                            "rounding to bf16");
}

CudaCall prepare(const BiasProblem& p) {
  CudaCall call;
  with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) {
    const dim3 grid = full_wave(vectorized_kernel<T>, threads);
    const bool whole = (p.channels_last ? p.c : p.places) % Vector<T>::size == 0;
    call.run = [p, grid, whole](Tensors tensors, Stream stream) {
      const T *x = tensors[0].as<T>(), *b = tensors[1].as<T>();
      T* y = tensors[2].as<T>();
      const auto n = static_cast<int>(p.elements());
      const int vectors = whole && is_aligned(x) && is_aligned(y) ? n / Vector<T>::size : 0;
      launch(vectorized_kernel<T>, {grid, threads}, stream, x, b, y, n, vectors, Channels(p));
    };
  });
  return call;
}

}  // namespace

CudaImplementation<BiasProblem> vectorized() {
  return {"vectorized", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_bias
