#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/conv/gather.h"

namespace breakeven::cpu_conv {

/// One axis of a gather whose sources are sorted by their residue by the step, so that each tap
/// meets neighbours at neighbouring places: place p and a tap meet element p + shift of its phase.
struct PlaneAxis {
  struct Tap {
    std::int64_t filter, phase, shift;
  };

  explicit PlaneAxis(const GatherAxis& axis) : step(axis.step), source(axis.source) {
    for (const auto& tap : axis.taps) lowest = std::min(lowest, tap.offset);
    for (const auto& tap : axis.taps) {
      const std::int64_t residue = (tap.offset - lowest) % step;
      const auto found = std::find(phases.begin(), phases.end(), residue);
      const std::int64_t phase = found - phases.begin(), shift = (tap.offset - lowest) / step;
      if (found == phases.end()) phases.push_back(residue);
      taps.push_back({tap.filter, phase, shift});
      most_shift = std::max(most_shift, shift);
    }
  }

  /// What element 0 of a phase is, for places from `first` on; the next are a step apart.
  std::int64_t source_of(std::int64_t first, std::int64_t residue) const {
    return first * step + lowest + residue;
  }

  std::int64_t step, source, lowest = 0, most_shift = 0;
  std::vector<std::int64_t> phases;  // the residues that occur
  std::vector<Tap> taps;
};

/// Channels first: a gather cut into blocks of places, and one channel's sources of a block copied
/// with zeros for padding, a plane for each phase. Its lines are longer than the block by what taps
/// reach beyond it, so that all places of a block are one run: place (h, w) is h·line + w, and each
/// tap meets what is a fixed offset further on. What lies between lines is nobody's.
class Planes {
 public:
  struct Block {
    std::int64_t depth;  // one place
    cpu_gemm::Range h, w;
  };

  /// Blocks whose planes have about so many elements.
  Planes(const Gather& gather, std::int64_t most_elements)
      : depth_(gather.axes[0]),
        places_{gather.axes[1].places, gather.axes[2].places},
        h_(gather.axes[1]),
        w_(gather.axes[2]) {
    parts_w_ = cpu_gemm::quotient_up(places_[1], kMostWidth);
    const std::int64_t line = cpu_gemm::quotient_up(places_[1], parts_w_) + w_.most_shift;
    const auto planes =
        static_cast<std::int64_t>(depth_.taps.size() * h_.phases.size() * w_.phases.size());
    const std::int64_t rows = std::clamp<std::int64_t>(
        most_elements / std::max<std::int64_t>(planes * line, 1), 1, places_[0] + h_.most_shift);
    parts_h_ = cpu_gemm::quotient_up(places_[0], std::max<std::int64_t>(rows - h_.most_shift, 1));
    const std::int64_t height = cpu_gemm::quotient_up(places_[0], parts_h_);
    elements_ = planes * (height + h_.most_shift) * line + kRound;
    most_run_ = cpu_gemm::quotient_up(height * line, kRound) * kRound;
  }

  std::int64_t blocks() const { return depth_.places * parts_h_ * parts_w_; }
  Block block(std::int64_t i) const {
    return {i / (parts_h_ * parts_w_),
            cpu_gemm::part(places_[0], parts_h_, i / parts_w_ % parts_h_),
            cpu_gemm::part(places_[1], parts_w_, i % parts_w_)};
  }
  std::int64_t line(const Block& block) const {
    return block.w.last - block.w.first + w_.most_shift;
  }
  /// Places of a block as one run, up to a whole number of vectors.
  std::int64_t run(const Block& block) const {
    const std::int64_t rows = block.h.last - block.h.first;
    const std::int64_t last = (rows - 1) * line(block) + block.w.last - block.w.first;
    return cpu_gemm::quotient_up(last, kRound) * kRound;
  }
  /// Room for the largest block: for a channel's planes, and for a run of places.
  std::int64_t elements() const { return elements_; }
  std::int64_t most_run() const { return most_run_; }

  /// Calls `visit(elements of the filter along D, H, W, offset in the planes)` for each tap that
  /// meets anything.
  template <class Visit>
  void for_each_tap(const Block& block, Visit visit) const {
    const std::int64_t plane = plane_of(block);
    std::int64_t at = 0;
    for (const Tap& d : depth_.taps) {
      if (!meets(block, d)) continue;
      for (const PlaneAxis::Tap& h : h_.taps) {
        for (const PlaneAxis::Tap& w : w_.taps) {
          visit(d.filter, h.filter, w.filter,
                at + (h.phase * phases_w() + w.phase) * plane + h.shift * line(block) + w.shift);
        }
      }
      at += phases_h() * phases_w() * plane;
    }
  }

  /// `image`: one channel of an image of the gather's source.
  template <class T>
  void copy(const T* image, const ConvStrides& strides, const Block& block, T* to) const {
    const std::int64_t rows = block.h.last - block.h.first + h_.most_shift;
    for (const Tap& d : depth_.taps) {
      if (!meets(block, d)) continue;
      const T* slice = image + depth_.source_of(block.depth, d) * strides.axis[0];
      for (const std::int64_t h : h_.phases) {
        for (const std::int64_t w : w_.phases) {
          for (std::int64_t row = 0; row < rows; ++row, to += line(block)) {
            const std::int64_t from = h_.source_of(block.h.first + row, h);
            if (from < 0 || from >= h_.source) {
              std::fill_n(to, line(block), T{0});
            } else {
              copy_line(slice + from * strides.axis[1], w_.source_of(block.w.first, w), line(block),
                        to);
            }
          }
        }
      }
    }
    std::fill_n(to, kRound, T{0});  // a run ends in there
  }

 private:
  static constexpr std::int64_t kMostWidth = 512;
  static constexpr std::int64_t kRound = 16;  // elements of the widest vector

  bool meets(const Block& block, const Tap& d) const {
    return depth_.holds(depth_.source_of(block.depth, d));
  }
  std::int64_t phases_h() const { return static_cast<std::int64_t>(h_.phases.size()); }
  std::int64_t phases_w() const { return static_cast<std::int64_t>(w_.phases.size()); }
  std::int64_t plane_of(const Block& block) const {
    return (block.h.last - block.h.first + h_.most_shift) * line(block);
  }

  /// Elements first, first + step, … of a line; zeros where that is outside.
  template <class T>
  void copy_line(const T* from, std::int64_t first, std::int64_t count, T* to) const {
    const std::int64_t step = w_.step;
    const auto [begin, end] = inside(first, step, count, w_.source);
    std::fill_n(to, begin, T{0});
    // The same with what is known at compile time said.
    if (step == 1) {
      for (std::int64_t i = begin; i < end; ++i) to[i] = from[first + i];
    } else {
      for (std::int64_t i = begin; i < end; ++i) to[i] = from[first + i * step];
    }
    std::fill_n(to + end, count - end, T{0});
  }

  GatherAxis depth_;
  std::int64_t places_[2];
  PlaneAxis h_, w_;
  std::int64_t parts_h_, parts_w_;
  std::int64_t elements_, most_run_;
};

}  // namespace breakeven::cpu_conv
