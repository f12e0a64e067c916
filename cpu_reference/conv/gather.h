#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "cpu_reference/gemm/tile_grid.h"
#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// A tap along one axis: an element of the filter, and how far from `place·step` its source is.
struct Tap {
  std::int64_t filter, offset;
};

/// Which of `count` elements first, first + step, … of an axis are not padding.
inline cpu_gemm::Range inside(std::int64_t first, std::int64_t step, std::int64_t count,
                              std::int64_t extent) {
  const std::int64_t begin = first < 0 ? (-first + step - 1) / step : 0;
  const std::int64_t end = first < extent ? (extent - 1 - first) / step + 1 : 0;
  return {std::min(begin, count), std::clamp(end, std::min(begin, count), count)};
}

/// One axis of what is gathered: `places` of a result, each of which meets, through each of the
/// taps, element `place·step + offset` of a source, or nothing where that is outside.
struct GatherAxis {
  std::int64_t places = 1, step = 1, source = 1;
  std::vector<Tap> taps = {};
  /// Where the places are in the result: first + place·distance.
  std::int64_t first = 0, distance = 1;

  std::int64_t source_of(std::int64_t place, const Tap& tap) const {
    return place * step + tap.offset;
  }
  bool holds(std::int64_t at) const { return at >= 0 && at < source; }
};

/// Results that all gather the same way. The forward pass is one; backward data is one for each
/// residue of a place by the stride, since those meet different taps: none is tried in vain.
struct Gather {
  std::array<GatherAxis, 3> axes;

  std::int64_t places() const { return axes[0].places * axes[1].places * axes[2].places; }
  std::int64_t taps() const {
    return static_cast<std::int64_t>(axes[0].taps.size() * axes[1].taps.size() *
                                     axes[2].taps.size());
  }
  /// Whether the result's places are all there are, in their order.
  bool dense() const {
    return axes[0].distance == 1 && axes[1].distance == 1 && axes[2].distance == 1;
  }
};

inline GatherAxis forward_axis(const ConvAxis& axis) {
  GatherAxis forward{axis.output(), axis.stride, axis.input};
  for (std::int64_t tap = 0; tap < axis.filter; ++tap) {
    forward.taps.push_back({tap, axis.source(0, tap)});
  }
  return forward;
}

/// x = first + i·stride meets y = i + offset through the taps of that residue.
inline GatherAxis backward_axis(const ConvAxis& axis, std::int64_t first) {
  GatherAxis backward{(axis.input - first - 1) / axis.stride + 1, 1, axis.output()};
  backward.first = first;
  backward.distance = axis.stride;
  for (std::int64_t tap = 0; tap < axis.filter; ++tap) {
    const std::int64_t distance = first - axis.source(0, tap);
    if (distance % axis.stride == 0) backward.taps.push_back({tap, distance / axis.stride});
  }
  return backward;
}

/// Of fprop or dgrad.
inline std::vector<Gather> gathers(const ConvProblem& p) {
  if (p.direction == Direction::fprop) {
    return {{{forward_axis(p.axes[0]), forward_axis(p.axes[1]), forward_axis(p.axes[2])}}};
  }
  std::vector<Gather> all;
  const auto residues = [&](std::size_t i) { return std::min(p.axes[i].stride, p.axes[i].input); };
  for (std::int64_t d = 0; d < residues(0); ++d) {
    for (std::int64_t h = 0; h < residues(1); ++h) {
      for (std::int64_t w = 0; w < residues(2); ++w) {
        all.push_back({{backward_axis(p.axes[0], d), backward_axis(p.axes[1], h),
                        backward_axis(p.axes[2], w)}});
      }
    }
  }
  return all;
}

}  // namespace breakeven::cpu_conv
