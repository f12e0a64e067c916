// What changed against naive: all threads, each with a share of the images' channels. Why: channels
// have nothing to do with one another. Limits: one window at a time; channels last, a thread's
// channels lie between those of others.

#include "cpu_reference/common/parallel.h"
#include "cpu_reference/pool/planes.h"
#include "operations/implementation.h"

namespace breakeven::cpu_pool {
namespace {

Support supports(const PoolProblem&) { return Support::yes(); }

CpuCall prepare(const PoolProblem& p) {
  // Whole cache lines of channels where they lie side by side.
  const std::int64_t piece = p.channels == ChannelOrder::last ? 16 : 1;
  const std::int64_t least =
      std::max<std::int64_t>(kWorthAThread / (p.height.input * p.width.input), 1);
  return {[p, piece, least](Tensors tensors) {
    share_out(p.n * p.c, piece, least, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t plane = begin; plane < end; ++plane) compute(p, plane, tensors);
    });
  }};
}

}  // namespace

CpuImplementation<PoolProblem> threaded() {
  return {"threaded", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_pool
