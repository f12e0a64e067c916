// The update as the formula says it, one parameter after the other, one thread. What every other
// implementation is compared with.
// Limits: none.

#include "operations/implementation.h"
#include "operations/sgd/problem.h"

namespace breakeven::cpu_sgd {
namespace {

Support supports(const SgdProblem&) { return Support::yes(); }

CpuCall prepare(const SgdProblem& p) {
  return {[p](Tensors tensors) {
    const float* g = tensors[0].as<float>();
    float *v = tensors[1].as<float>(), *w = tensors[2].as<float>();
    const auto lr = static_cast<float>(p.lr), momentum = static_cast<float>(p.momentum),
               decay = static_cast<float>(p.weight_decay);
    for (std::int64_t i = 0; i < p.n; ++i) {
      v[i] = momentum * v[i] + (g[i] + decay * w[i]);
      w[i] -= lr * v[i];
    }
  }};
}

}  // namespace

CpuImplementation<SgdProblem> naive() { return {"naive", Rung::naive, false, supports, prepare}; }

}  // namespace breakeven::cpu_sgd
