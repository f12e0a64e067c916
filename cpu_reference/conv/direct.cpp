// What changed against naive: the order of the loops, and SIMD. Innermost is now what lies side by
// side in memory, so that one vector instruction does what a pass through the innermost loop did:
// the channels that result where channels are last, places along H and W where they are first.
// Channels that are summed over, and taps, come next, several at a time with several lines of
// results, so that what was loaded serves more than once. Threads share out rows, blocks or
// channels. Channels first, an image's channels are copied with their padding, strides sorted
// apart, so that the inner loop knows neither; channels last, a row is cut where taps meet padding.
// Limits: f32 and f64. Sums come from the cache and go back for every few terms; where lines are
// short, few channels last or small images first, vectors are not full.

#include "cpu_reference/conv/direct_product.h"
#include "cpu_reference/conv/direct_wgrad.h"
#include "cpu_reference/conv/lines.h"
#include "cpu_reference/conv/plane_product.h"
#include "cpu_reference/conv/plane_wgrad.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

Support supports(const ConvProblem& p) { return only(p, {Dtype::f32, Dtype::f64}); }

template <class Lines>
CpuCall prepare_kernels(const ConvProblem& p) {
  const bool last = p.channels == ChannelOrder::last;
  if (p.direction == Direction::wgrad) {
    return last ? prepared<DirectWgrad<Lines>>(p) : prepared<PlaneWgrad<Lines>>(p);
  }
  return last ? prepared<DirectProduct<Lines>>(p) : prepared<PlaneProduct<Lines>>(p);
}

CpuCall prepare(const ConvProblem& p) {
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_kernels<Avx512Lines<T>>(p);
    if (has_avx2()) return prepare_kernels<Avx2Lines<T>>(p);
    return prepare_kernels<PortableLines<T>>(p);
  });
}

}  // namespace

CpuImplementation<ConvProblem> direct() { return {"direct", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_conv
