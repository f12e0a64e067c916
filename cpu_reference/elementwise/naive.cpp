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
  }
}

Support supports(const ElementwiseProblem&) { return Support::yes(); }

CpuCall prepare(const ElementwiseProblem& p) {
  return {[p](Tensors tensors) {
    with_f32_bf16_or_f16(p.dtype, [&]<class T>(T) { compute<T>(p, tensors); });
  }};
}

}  // namespace

CpuImplementation<ElementwiseProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_elementwise
