// A loop over the elements, one thread. What every other implementation is compared with.
// Limits: none.

#include "operations/elementwise/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_elementwise {
namespace {

template <class T>
void compute(const ElementwiseProblem& p, Tensors tensors) {
  const T* first = tensors[0].as<T>();
  T* y = tensors[p.inputs() == 1 ? 1 : 2].as<T>();
  const std::int64_t n = p.n;
  switch (p.function) {
    case Elementwise::relu:
      for (std::int64_t i = 0; i < n; ++i) y[i] = first[i] < T{} ? T{} : first[i];
      break;
    case Elementwise::relu_backward: {
      const T* result = tensors[1].as<T>();
      for (std::int64_t i = 0; i < n; ++i) y[i] = result[i] > T{} ? first[i] : T{};
      break;
    }
    case Elementwise::add: {
      const T* second = tensors[1].as<T>();
      for (std::int64_t i = 0; i < n; ++i) {
        y[i] = static_cast<T>(static_cast<float>(first[i]) + static_cast<float>(second[i]));
      }
      break;
    }
    case Elementwise::narrow:
    case Elementwise::widen:
      break;  // of two types
  }
}

template <class From, class To>
void convert(std::int64_t n, Tensors tensors) {
  for (std::int64_t i = 0; i < n; ++i) {
    tensors[1].as<To>()[i] = static_cast<To>(static_cast<float>(tensors[0].as<From>()[i]));
  }
}

Support supports(const ElementwiseProblem&) { return Support::yes(); }

CpuCall prepare(const ElementwiseProblem& p) {
  if (p.function == Elementwise::narrow) {
    return {[n = p.n](Tensors tensors) { convert<float, Bf16>(n, tensors); }};
  }
  if (p.function == Elementwise::widen) {
    return {[n = p.n](Tensors tensors) { convert<Bf16, float>(n, tensors); }};
  }
  return {[p](Tensors tensors) {
    with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) { compute<T>(p, tensors); });
  }};
}

}  // namespace

CpuImplementation<ElementwiseProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_elementwise
