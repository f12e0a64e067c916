// What changed against naive: all threads, each with a share of the rows. Why: exponentials take
// most of the time. Limits: one exponential at a time.

#include "cpu_reference/softmax_cross_entropy/row.h"
#include "cpu_reference/softmax_cross_entropy/rows.h"

namespace breakeven::cpu_softmax_cross_entropy {
namespace {

/// Logits whose exponentials, one by one, are worth another thread.
constexpr std::int64_t worth_a_thread = 1 << 10;

Support supports(const SoftmaxCrossEntropyProblem&) { return Support::yes(); }

CpuCall prepare(const SoftmaxCrossEntropyProblem& p) {
  return prepare_rows<row_of>(p, worth_a_thread);
}

}  // namespace

CpuImplementation<SoftmaxCrossEntropyProblem> threaded() {
  return {"threaded", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_softmax_cross_entropy
