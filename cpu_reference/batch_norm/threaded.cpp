// What changed against naive: all threads, each with a share of the channels. Why: channels have
// nothing to do with one another. Limits: sums in double, one element at a time; channels last, a
// thread's channels lie between those of others.

#include "cpu_reference/batch_norm/channels.h"
#include "cpu_reference/common/parallel.h"
#include "operations/implementation.h"

namespace breakeven::cpu_batch_norm {
namespace {

Support supports(const BatchNormProblem&) { return Support::yes(); }

CpuCall prepare(const BatchNormProblem& p) {
  // Whole cache lines of channels where they lie side by side.
  const std::int64_t piece = p.channels_last ? 16 : 1;
  const std::int64_t least = std::max<std::int64_t>(kWorthAThread / p.count(), 1);
  return {[p, piece, least](Tensors tensors) {
    share_out(p.c, piece, least, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t c = begin; c < end; ++c) compute(p, c, tensors);
    });
  }};
}

}  // namespace

CpuImplementation<BatchNormProblem> threaded() {
  return {"threaded", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_batch_norm
