#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/conv/gather.h"
#include "cpu_reference/conv/roles.h"

namespace breakeven::cpu_conv {

/// The 2×2 tiles of all images of a result in panels of `columns`, and their ways from and to
/// memory. What four rows of an image have for a panel is copied as their even columns and then
/// their odd ones (rows, 2, kLine), since tiles begin two columns apart.
template <int columns>
class WinogradTiles {
 public:
  static constexpr std::int64_t kLanes = columns / 2;  // of a vector
  static constexpr std::int64_t kLine = kLanes * 6;    // segments, one more each, and a vector
  static constexpr std::int64_t kLines = 8 * kLine;    // elements of one channel

  /// Tiles of a panel that are neighbours along W.
  struct Segment {
    std::int64_t n, h, w, count;  // first tile
    std::int64_t column, line;    // where it is in the panel, and in a line
  };

  explicit WinogradTiles(const ConvProblem& p) : roles_(p) {
    const Gather gather = gathers(p)[0];
    for (const std::size_t i : {0, 1}) {
      axes_[i] = gather.axes[i + 1];
      const auto lower = [](const Tap& a, const Tap& b) { return a.offset < b.offset; };
      std::sort(axes_[i].taps.begin(), axes_[i].taps.end(), lower);
    }
    const std::int64_t rows = cpu_gemm::quotient_up(axes_[0].places, 2);
    const std::int64_t line = cpu_gemm::quotient_up(axes_[1].places, 2);
    std::int64_t column = columns;
    for (std::int64_t i = 0; i < p.n * rows; ++i) {
      for (std::int64_t w = 0, count; w < line; w += count, column += count) {
        if (column == columns) {
          panels_.emplace_back();
          column = 0;
        }
        count = std::min(line - w, columns - column);
        const auto before = static_cast<std::int64_t>(panels_.back().size());
        panels_.back().push_back({i / rows, i % rows, w, count, column, column + before});
      }
    }
  }

  std::int64_t panels() const { return static_cast<std::int64_t>(panels_.size()); }
  const std::vector<Segment>& segments(std::int64_t panel) const {
    return panels_[static_cast<std::size_t>(panel)];
  }
  /// Where filter element (r, s) is, counted as it meets a tile: dgrad turns filters around.
  std::int64_t filter_offset(std::size_t r, std::size_t s) const {
    return roles_.filter_offset(0, axes_[0].taps[r].filter, axes_[1].taps[s].filter);
  }

  /// What a segment's tiles cover of some channels of x from `first` on, zeros for padding, to
  /// (channels, kLines).
  void copy_lines(const float* x, const Segment& segment, std::int64_t first, std::int64_t channels,
                  float* lines) const {
    const ConvStrides& strides = roles_.source;
    const float* image = x + segment.n * strides.outer + first * strides.channel;
    const std::int64_t count = segment.count + 1;
    lines += segment.line;
    for (std::int64_t line = 0; line < 8; ++line, lines += kLine) {
      const std::int64_t h = 2 * segment.h + axes_[0].taps[0].offset + line / 2;
      const std::int64_t w = 2 * segment.w + axes_[1].taps[0].offset + line % 2;
      const auto [begin, end] = inside(w, 2, count, axes_[0].holds(h) ? axes_[1].source : 0);
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        std::fill_n(lines + channel * kLines, begin, 0.0F);
        std::fill_n(lines + channel * kLines + end, count - end, 0.0F);
      }
      if (begin == end) continue;
      // Along what lies side by side in memory.
      if (strides.axis[2] == 1) {
        for (std::int64_t channel = 0; channel < channels; ++channel) {
          const float* from = image + channel * strides.channel + h * strides.axis[1];
          float* to = lines + channel * kLines;
          for (std::int64_t i = begin; i < end; ++i) to[i] = from[w + 2 * i];
        }
      } else {
        for (std::int64_t i = begin; i < end; ++i) {
          const float* from = image + (h * strides.axis[1] + (w + 2 * i) * strides.axis[2]);
          for (std::int64_t channel = 0; channel < channels; ++channel) {
            lines[channel * kLines + i] = from[channel * strides.channel];
          }
        }
      }
    }
  }

  /// A panel's outputs (2, 2, columns) of one channel.
  void write(const float* y, std::int64_t panel, std::int64_t channel, float* result) const {
    const ConvStrides& strides = roles_.result;
    for (const Segment& segment : segments(panel)) {
      const std::int64_t height = std::min<std::int64_t>(2, axes_[0].places - 2 * segment.h);
      const std::int64_t width = std::min(2 * segment.count, axes_[1].places - 2 * segment.w);
      for (std::int64_t i = 0; i < height; ++i) {
        const float* even = y + 2 * i * columns + segment.column;
        float* to = result + segment.n * strides.outer + channel * strides.channel +
                    (2 * segment.h + i) * strides.axis[1] + 2 * segment.w * strides.axis[2];
        // The same with what is known at compile time said.
        if (strides.axis[2] == 1) {
          interleave(even, even + columns, width, 1, to);
        } else {
          interleave(even, even + columns, width, strides.axis[2], to);
        }
      }
    }
  }

 private:
  static void interleave(const float* even, const float* odd, std::int64_t count, std::int64_t step,
                         float* to) {
    for (std::int64_t i = 0; i < count / 2; ++i) {
      to[2 * i * step] = even[i];
      to[(2 * i + 1) * step] = odd[i];
    }
    if (count % 2 == 1) to[(count - 1) * step] = even[count / 2];
  }

  ConvRoles roles_;
  GatherAxis axes_[2];  // H and W, taps by their offset
  std::vector<std::vector<Segment>> panels_;
};

}  // namespace breakeven::cpu_conv
