#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/conv/gather.h"

namespace breakeven::cpu_conv {

/// Places along W, and the taps that meet something at each of them: no tap does at some only.
struct Segment {
  cpu_gemm::Range places;
  std::vector<Tap> taps;
};

/// Cuts an axis wherever a tap begins or ceases to meet something.
inline std::vector<Segment> segments(const GatherAxis& axis) {
  const auto meets = [&](const Tap& tap) {
    return inside(tap.offset, axis.step, axis.places, axis.source);
  };
  std::vector<std::int64_t> cuts{0, axis.places};
  for (const Tap& tap : axis.taps) {
    cuts.push_back(meets(tap).first);
    cuts.push_back(meets(tap).last);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Segment> all;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    Segment segment{{cuts[i], cuts[i + 1]}, {}};
    for (const Tap& tap : axis.taps) {
      if (meets(tap).first <= cuts[i] && cuts[i] < meets(tap).last) segment.taps.push_back(tap);
    }
    all.push_back(segment);
  }
  return all;
}

/// Calls `visit(elements of the filter along D, H and W, offset of what the segment's first place
/// meets)` for each tap that meets something in a segment of row (d, h).
template <class Visit>
void for_each_tap(const Gather& gather, const Segment& segment, std::int64_t d, std::int64_t h,
                  const ConvStrides& source, Visit visit) {
  const auto& axes = gather.axes;
  for (const Tap& t : axes[0].taps) {
    for (const Tap& r : axes[1].taps) {
      const std::int64_t at_d = axes[0].source_of(d, t), at_h = axes[1].source_of(h, r);
      if (!axes[0].holds(at_d) || !axes[1].holds(at_h)) continue;
      for (const Tap& s : segment.taps) {
        const std::int64_t at_w = axes[2].source_of(segment.places.first, s);
        visit(t.filter, r.filter, s.filter,
              at_d * source.axis[0] + at_h * source.axis[1] + at_w * source.axis[2]);
      }
    }
  }
}

}  // namespace breakeven::cpu_conv
