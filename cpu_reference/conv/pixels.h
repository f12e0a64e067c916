#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "cpu_reference/conv/gather.h"

namespace breakeven::cpu_conv {

/// Neighbours in memory among pixels, which are places of a gather's result counted through images,
/// D, H and W.
struct Run {
  std::int64_t first, length;  // of all pixels at hand
  std::int64_t at;             // of the first one in channel 0 of the result
};

/// Some pixels: where they go, and where they come from: the only place where padding is thought
/// of.
class Pixels {
 public:
  /// Room for so many pixels and combinations of taps.
  Pixels(std::int64_t most_pixels, std::int64_t most_taps)
      : most_pixels_(most_pixels),
        offsets_(static_cast<std::size_t>(most_pixels * most_taps)),
        masks_(static_cast<std::size_t>(most_pixels * most_taps)),
        consecutive_(static_cast<std::size_t>(most_taps)) {
    runs_.reserve(static_cast<std::size_t>(most_pixels));
  }

  std::size_t bytes() const {
    return offsets_.size() * sizeof(std::int64_t) + masks_.size() * sizeof(std::int32_t) +
           consecutive_.size() + runs_.capacity() * sizeof(Run);
  }

  /// Looks at pixels [first, end) of a gather from and to tensors with those strides.
  void move_to(const Gather& gather, const ConvStrides& source, const ConvStrides& result,
               std::int64_t first, std::int64_t end) {
    pixels_ = end - first;
    taps_ = gather.taps();
    runs_.clear();
    std::fill_n(masks_.begin(), most_pixels_ * taps_, 0);
    std::fill_n(offsets_.begin(), most_pixels_ * taps_, 0);
    const auto& axes = gather.axes;
    for (std::int64_t done = 0, length; done < pixels_; done += length) {
      Row row{.first = done, .n = first + done, .place = {}};
      for (std::size_t i = 3; i-- > 0;) {
        row.place[i] = row.n % axes[i].places;
        row.n /= axes[i].places;
      }
      length = row.length = std::min(axes[2].places - row.place[2], pixels_ - done);
      add_run(gather, result, row);
      std::int64_t tap = 0;
      for (const Tap& d : axes[0].taps) {
        for (const Tap& h : axes[1].taps) {
          for (const Tap& w : axes[2].taps) {
            add_sources(gather, source, row, {d.offset, h.offset, w.offset}, tap++);
          }
        }
      }
    }
    for (std::int64_t tap = 0; tap < taps_; ++tap) {
      const std::int64_t* at = offsets(tap);
      // Distances are at least 1 where all are inside.
      consecutive_[static_cast<std::size_t>(tap)] =
          at[pixels_ - 1] - at[0] == pixels_ - 1 &&
          std::all_of(masks(tap), masks(tap) + pixels_, [](std::int32_t mask) { return mask; });
    }
  }

  std::int64_t pixels() const { return pixels_; }
  std::int64_t taps() const { return taps_; }
  /// Pixels that are neighbours in the result, in pieces as long as they are.
  const std::vector<Run>& runs() const { return runs_; }
  /// Of each pixel, in channel 0 of the source; 0 where it is outside, and beyond the last pixel.
  const std::int64_t* offsets(std::int64_t tap) const { return &offsets_[at(tap)]; }
  /// All bits set where a pixel's source is inside, none where it is not.
  const std::int32_t* masks(std::int64_t tap) const { return &masks_[at(tap)]; }
  /// Whether all pixels have neighbouring sources.
  bool consecutive(std::int64_t tap) const { return consecutive_[static_cast<std::size_t>(tap)]; }

 private:
  /// Neighbours along W.
  struct Row {
    std::int64_t first, n;
    std::array<std::int64_t, 3> place;  // of the first pixel
    std::int64_t length = 0;
  };

  std::size_t at(std::int64_t tap) const { return static_cast<std::size_t>(tap * most_pixels_); }

  /// A row, as part of the run before where that ends there.
  void add_run(const Gather& gather, const ConvStrides& result, const Row& row) {
    std::int64_t at = row.n * result.outer;
    for (std::size_t i = 0; i < 3; ++i) {
      at += (gather.axes[i].first + row.place[i] * gather.axes[i].distance) * result.axis[i];
    }
    if (!runs_.empty() && gather.dense() &&
        runs_.back().at + runs_.back().length * result.axis[2] == at) {
      runs_.back().length += row.length;
    } else {
      runs_.push_back({row.first, row.length, at});
    }
  }

  void add_sources(const Gather& gather, const ConvStrides& source, const Row& row,
                   const std::array<std::int64_t, 3>& offsets, std::int64_t tap) {
    std::int64_t line = row.n * source.outer;
    for (std::size_t i = 0; i < 2; ++i) {
      const std::int64_t place = row.place[i] * gather.axes[i].step + offsets[i];
      if (place < 0 || place >= gather.axes[i].source) return;
      line += place * source.axis[i];
    }
    // Pixel i is at left + i·step: inside from the first that is not negative to the last below
    // `extent`.
    const std::int64_t step = gather.axes[2].step, extent = gather.axes[2].source;
    const std::int64_t left = row.place[2] * step + offsets[2];
    const std::int64_t begin = left < 0 ? (-left + step - 1) / step : 0;
    const std::int64_t end = left < extent ? (extent - 1 - left) / step + 1 : 0;
    std::int64_t* to = &offsets_[at(tap)] + row.first;
    std::int32_t* mask = &masks_[at(tap)] + row.first;
    for (std::int64_t i = begin; i < std::min(end, row.length); ++i) {
      to[i] = line + (left + i * step) * source.axis[2];
      mask[i] = -1;
    }
  }

  std::int64_t most_pixels_, taps_ = 0, pixels_ = 0;
  std::vector<std::int64_t> offsets_;  // (taps, most_pixels)
  std::vector<std::int32_t> masks_;    // likewise
  std::vector<char> consecutive_;      // of each tap
  std::vector<Run> runs_;
};

/// The value where the mask's bits are set, else 0. No branch: what is inside follows no pattern.
template <class T>
T masked(T value, std::int32_t mask) {
  using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
  return std::bit_cast<T>(std::bit_cast<Bits>(value) &
                          static_cast<Bits>(static_cast<std::int64_t>(mask)));
}

/// Copies one channel of at most `width` pixels' sources to (tap, width), zeros where there is
/// none: where neighbouring pixels are neighbours in memory (channels first).
template <int width, class T>
void pack_channel(const Pixels& pixels, const T* source, T* to) {
  for (std::int64_t tap = 0; tap < pixels.taps(); ++tap, to += width) {
    const std::int64_t* offsets = pixels.offsets(tap);
    if (pixels.pixels() == width && pixels.consecutive(tap)) {
      std::memcpy(to, source + offsets[0], width * sizeof(T));
    } else {
      const std::int32_t* masks = pixels.masks(tap);
      for (int i = 0; i < width; ++i) to[i] = masked(source[offsets[i]], masks[i]);
    }
  }
}

/// Copies channels [begin, end) to (tap, channel, width), where neighbouring channels are
/// neighbours in memory. `zeros`: as many as channels.
template <int width, class T>
void pack_by_tap(const Pixels& pixels, const T* source, std::int64_t begin, std::int64_t end,
                 const T* zeros, T* to) {
  const T* from[width];
  for (std::int64_t tap = 0; tap < pixels.taps(); ++tap) {
    const std::int64_t* offsets = pixels.offsets(tap);
    const std::int32_t* masks = pixels.masks(tap);
    for (int i = 0; i < width; ++i) from[i] = masks[i] ? source + (offsets[i] + begin) : zeros;
    for (std::int64_t channel = 0; channel < end - begin; ++channel, to += width) {
      for (int i = 0; i < width; ++i) to[i] = from[i][channel];
    }
  }
}

}  // namespace breakeven::cpu_conv
