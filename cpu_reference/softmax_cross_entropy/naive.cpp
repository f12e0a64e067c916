// Row by row as the formula says it, one thread. What every other implementation is compared with.
// Limits: none.

#include "cpu_reference/softmax_cross_entropy/row.h"
#include "operations/implementation.h"
#include "operations/softmax_cross_entropy/problem.h"

namespace breakeven::cpu_softmax_cross_entropy {
namespace {

Support supports(const SoftmaxCrossEntropyProblem&) { return Support::yes(); }

CpuCall prepare(const SoftmaxCrossEntropyProblem& p) {
  return {[p](Tensors tensors) {
    const float* logits = tensors[0].as<float>();
    const auto* labels = tensors[1].as<std::int32_t>();
    float* gradient = tensors[3].as<float>();
    const auto rows = static_cast<float>(p.n);
    float loss = 0;
    for (std::int64_t n = 0; n < p.n; ++n) {
      const std::int64_t at = n * p.classes;
      loss += row_of(logits + at, p.classes, labels[n], rows, gradient + at);
    }
    *tensors[2].as<float>() = loss / rows;
  }};
}

}  // namespace

CpuImplementation<SoftmaxCrossEntropyProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_softmax_cross_entropy
