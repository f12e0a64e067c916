#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/transpose.h"
#include "cpu_reference/conv/gather.h"

namespace breakeven::cpu_conv {

/// Blocks of so many images side by side: each element of one is a vector that has an image's in
/// each lane. Lines along W have margins of zeros for padding; lanes without an image are zeros.
template <int lanes>
class LaneImages {
 public:
  /// Lines from element `first` (0 or below) of W on, `line` elements long.
  LaneImages(std::int64_t blocks, std::int64_t channels, const std::array<std::int64_t, 3>& extents,
             std::int64_t first, std::int64_t line)
      : channels_(channels),
        rows_(extents[0] * extents[1]),
        height_(extents[1]),
        width_(extents[2]),
        first_(first),
        line_(line),
        elements_(static_cast<std::size_t>(blocks * channels * channel())) {
    std::fill_n(elements_.data(), blocks * channels * channel(), 0.0F);
  }

  std::size_t bytes() const { return elements_.bytes(); }
  /// Floats from one channel to the next, and from one position along D, H or W.
  std::int64_t channel() const { return rows_ * row(); }
  std::int64_t slice() const { return height_ * row(); }
  std::int64_t row() const { return line_ * lanes; }
  static constexpr std::int64_t step() { return lanes; }

  /// The element at the origin of a channel; those of its margin are before it.
  float* at(std::int64_t block, std::int64_t c) const {
    return elements_.data() + (block * channels_ + c) * channel() - first_ * lanes;
  }
  /// Copies a channel of at most `lanes` images that lie `outer` elements apart.
  void load(std::int64_t block, std::int64_t c, const float* images, std::int64_t outer,
            std::int64_t count) const {
    float* to = at(block, c);
    const bool one_run = line_ == width_;
    const std::int64_t runs = one_run ? 1 : rows_, length = one_run ? rows_ * width_ : width_;
    for (std::int64_t i = 0; i < runs; ++i, images += length, to += row()) {
      transpose(images, outer, count, length, to, lanes);
      if (count == lanes) continue;
      for (std::int64_t w = 0; w < length; ++w)
        std::fill(to + w * lanes + count, to + (w + 1) * lanes, 0.0F);
    }
  }

 private:
  std::int64_t channels_, rows_, height_, width_, first_, line_;
  AlignedArray<float> elements_;
};

/// The same with margins for whatever the taps of these axes along W meet.
template <int lanes>
LaneImages<lanes> lane_images(std::int64_t blocks, std::int64_t channels,
                              const std::array<std::int64_t, 3>& extents,
                              std::span<const GatherAxis> axes) {
  std::int64_t first = 0, end = extents[2];
  for (const GatherAxis& w : axes) {
    for (const Tap& tap : w.taps) {
      first = std::min(first, w.source_of(0, tap));
      end = std::max(end, w.source_of(w.places - 1, tap) + 1);
    }
  }
  return {blocks, channels, extents, first, end - first};
}

}  // namespace breakeven::cpu_conv
