// Bias and gradient as the formulas say them, one thread. What every other implementation is
// compared with.
// Limits: none.

#include "operations/bias/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_bias {
namespace {

template <class T>
void forward(const BiasProblem& p, Tensors tensors) {
  const T *x = tensors[0].as<T>(), *b = tensors[1].as<T>();
  T* y = tensors[2].as<T>();
  for (std::int64_t i = 0; i < p.elements(); ++i) {
    y[i] = static_cast<T>(static_cast<float>(x[i]) + static_cast<float>(b[p.channel_of(i)]));
  }
}

template <class T>
void backward(const BiasProblem& p, Tensors tensors) {
  const T* dy = tensors[0].as<T>();
  T* db = tensors[1].as<T>();
  const std::int64_t place_step = p.channels_last ? p.c : 1;
  const std::int64_t channel_step = p.channels_last ? 1 : p.places;
  for (std::int64_t c = 0; c < p.c; ++c) {
    float sum = 0;
    for (std::int64_t n = 0; n < p.n; ++n) {
      for (std::int64_t i = 0; i < p.places; ++i) {
        sum += static_cast<float>(dy[n * p.c * p.places + c * channel_step + i * place_step]);
      }
    }
    db[c] = static_cast<T>(sum);
  }
}

Support supports(const BiasProblem&) { return Support::yes(); }

CpuCall prepare(const BiasProblem& p) {
  return {[p](Tensors tensors) {
    with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) {
      p.backward ? backward<T>(p, tensors) : forward<T>(p, tensors);
    });
  }};
}

}  // namespace

CpuImplementation<BiasProblem> naive() { return {"naive", Rung::naive, false, supports, prepare}; }

}  // namespace breakeven::cpu_bias
