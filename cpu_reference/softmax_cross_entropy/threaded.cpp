// What changed against naive: all threads, each with a share of the rows. Why: exponentials take
// most of the time. Limits: one exponential at a time.

#include "cpu_reference/softmax_cross_entropy/row.h"
#include "cpu_reference/softmax_cross_entropy/rows.h"

namespace breakeven::cpu_softmax_cross_entropy {
namespace {

Support supports(const SoftmaxCrossEntropyProblem&) { return Support::yes(); }

CpuCall prepare(const SoftmaxCrossEntropyProblem& p) { return prepare_rows<row_of>(p, 1 << 10); }

}  // namespace

CpuImplementation<SoftmaxCrossEntropyProblem> threaded() {
  return {"threaded", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_softmax_cross_entropy
