// Channel by channel, window by window, one thread; gradients are scattered. What every other
// implementation is compared with.
// Limits: none.

#include "cpu_reference/pool/planes.h"
#include "operations/implementation.h"

namespace breakeven::cpu_pool {
namespace {

Support supports(const PoolProblem&) { return Support::yes(); }

CpuCall prepare(const PoolProblem& p) {
  return {[p](Tensors tensors) {
    for (std::int64_t plane = 0; plane < p.n * p.c; ++plane) compute(p, plane, tensors);
  }};
}

}  // namespace

CpuImplementation<PoolProblem> naive() { return {"naive", Rung::naive, false, supports, prepare}; }

}  // namespace breakeven::cpu_pool
