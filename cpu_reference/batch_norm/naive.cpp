// Channel by channel as the formulas say it, sums in double, one thread. What every other
// implementation is compared with.
// Limits: none.

#include "cpu_reference/batch_norm/channels.h"
#include "operations/implementation.h"

namespace breakeven::cpu_batch_norm {
namespace {

Support supports(const BatchNormProblem&) { return Support::yes(); }

CpuCall prepare(const BatchNormProblem& p) {
  return {[p](Tensors tensors) {
    for (std::int64_t c = 0; c < p.c; ++c) compute(p, c, tensors);
  }};
}

}  // namespace

CpuImplementation<BatchNormProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_batch_norm
