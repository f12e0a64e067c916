// What changed against the rungs before: a channel meets its own filters only, so there is no
// matrix product to be had: a panel of filters or of channels would be one line. Each element is
// read for a handful of multiply-adds, and memory is the limit: so vectors run along what lies side
// by side, channels where they are last and places along H and W where they are first, and all taps
// are summed while their lines are in the cache. Channels first, that is what direct's planes do;
// channels last, direct's vectors would have one channel each, and here a filter's element is a
// vector of its own. wgrad sums in parts that do not depend on the number of threads.
// Limits: one channel a group, with any number of filters; f32 and f64. Several filters a channel
// with channels last are slow: their vectors are gathered.

#include "cpu_reference/conv/depthwise_product.h"
#include "cpu_reference/conv/depthwise_wgrad.h"
#include "cpu_reference/conv/lines.h"
#include "cpu_reference/conv/plane_product.h"
#include "cpu_reference/conv/plane_wgrad.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

Support supports(const ConvProblem& p) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  if (p.group_c() != 1) return Support::no("computes groups of one channel only");
  return Support::yes();
}

template <class Lines, class Pixels>
CpuCall prepare_kernels(const ConvProblem& p) {
  const bool last = p.channels == ChannelOrder::last;
  if (p.direction == Direction::wgrad) {
    return last ? prepared<DepthwiseWgrad<Pixels>>(p) : prepared<PlaneWgrad<Lines>>(p);
  }
  return last ? prepared<DepthwiseProduct<Pixels>>(p) : prepared<PlaneProduct<Lines>>(p);
}

CpuCall prepare(const ConvProblem& p) {
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_kernels<Avx512Lines<T>, Avx512Depthwise<T>>(p);
    if (has_avx2()) return prepare_kernels<Avx2Lines<T>, Avx2Depthwise<T>>(p);
    return prepare_kernels<PortableLines<T>, PortableDepthwise<T>>(p);
  });
}

}  // namespace

CpuImplementation<ConvProblem> depthwise() {
  return {"depthwise", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv
