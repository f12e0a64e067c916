// What changed against direct: vectors run across images instead of along what lies side by side.
// Why: lines as short as a small network's, and its few channels, leave lanes idle, and every
// stride, dilation and padding needs loops of its own; images are all alike. 16 of them are brought
// side by side, an element of each in every vector; results of several channels and places, or dw's
// of several filters and taps, then stay in registers. Limits: f32, channels first, batches of half
// a vector or more, a thread's 16 images (and wgrad's sums in all lanes) within 16 MiB: what is
// brought side by side is memory, as much again as the images at hand.

#include <algorithm>

#include "cpu_reference/conv/lane_product.h"
#include "cpu_reference/conv/lane_support.h"
#include "cpu_reference/conv/lane_wgrad.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

template <class Lanes>
CpuCall prepare_kernels(const ConvProblem& p) {
  if (p.direction == Direction::wgrad) return prepared<LaneWgrad<Lanes>>(p);
  return prepared<LaneProduct<Lanes>>(p);
}

CpuCall prepare(const ConvProblem& p) {
  if (has_avx512()) return prepare_kernels<Avx512Lanes>(p);
  if (has_avx2()) return prepare_kernels<Avx2Lanes>(p);
  return prepare_kernels<PortableLanes>(p);
}

}  // namespace

CpuImplementation<ConvProblem> across_images() {
  return {"across_images", Rung::tuned, true, supports_lanes, prepare};
}

}  // namespace breakeven::cpu_conv
