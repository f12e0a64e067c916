#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "cpu_reference/conv/gather.h"

namespace breakeven::cpu_conv {

/// Neighbours along W among pixels, which are places of a gather's result counted through images,
/// D, H and W.
struct Run {
  std::int64_t first, length;  // of all pixels at hand
  std::int64_t n;
  std::array<std::int64_t, 3> place;  // of its first pixel
};

/// Where a run finds its sources for one combination of taps.
struct RunSource {
  std::int64_t offset;      // of the first pixel's source in channel 0, also if it is outside
  std::int64_t begin, end;  // pixels of the run whose sources are inside: none if begin == end
};

/// Some pixels as runs, with their sources: the only place where padding is thought of.
class PixelRuns {
 public:
  /// Room for so many pixels and combinations of taps.
  PixelRuns(std::int64_t most_pixels, std::int64_t most_taps) {
    runs_.reserve(static_cast<std::size_t>(most_pixels));
    sources_.reserve(static_cast<std::size_t>(most_pixels * most_taps));
  }

  /// Looks at pixels [first, end) of a gather from tensors with those strides.
  void move_to(const Gather& gather, const ConvStrides& source, std::int64_t first,
               std::int64_t end) {
    const auto& axes = gather.axes;
    taps_ = gather.taps();
    step_ = axes[2].step * source.axis[2];
    pixels_ = end - first;
    runs_.clear();
    sources_.clear();
    for (std::int64_t done = 0; done < pixels_; done += runs_.back().length) {
      Run run{done, 0, first + done, {}};
      for (std::size_t i = 3; i-- > 0;) {
        run.place[i] = run.n % axes[i].places;
        run.n /= axes[i].places;
      }
      run.length = std::min(axes[2].places - run.place[2], pixels_ - done);
      runs_.push_back(run);
      for (const Tap& d : axes[0].taps) {
        for (const Tap& h : axes[1].taps) {
          for (const Tap& w : axes[2].taps) {
            sources_.push_back(source_of(gather, source, run, {d.offset, h.offset, w.offset}));
          }
        }
      }
    }
  }

  std::size_t bytes() const {
    return runs_.capacity() * sizeof(Run) + sources_.capacity() * sizeof(RunSource);
  }

  std::int64_t pixels() const { return pixels_; }
  const std::vector<Run>& runs() const { return runs_; }
  const RunSource& source(std::size_t run, std::int64_t tap) const {
    return sources_[run * static_cast<std::size_t>(taps_) + static_cast<std::size_t>(tap)];
  }
  std::int64_t taps() const { return taps_; }
  /// Distance of the sources of neighbouring pixels.
  std::int64_t step() const { return step_; }

 private:
  static RunSource source_of(const Gather& gather, const ConvStrides& source, const Run& run,
                             const std::array<std::int64_t, 3>& offsets) {
    std::array<std::int64_t, 3> at;
    for (std::size_t i = 0; i < 3; ++i) {
      at[i] = run.place[i] * gather.axes[i].step + offsets[i];
      if (i < 2 && (at[i] < 0 || at[i] >= gather.axes[i].source)) return {0, 0, 0};
    }
    // Pixel i is at left + i·step: inside from the first that is not negative to the last below
    // `extent`.
    const std::int64_t left = at[2], step = gather.axes[2].step, extent = gather.axes[2].source;
    const std::int64_t begin = left < 0 ? (-left + step - 1) / step : 0;
    const std::int64_t end = left < extent ? (extent - 1 - left) / step + 1 : 0;
    return {run.n * source.outer + at[0] * source.axis[0] + at[1] * source.axis[1] +
                left * source.axis[2],
            std::min(begin, run.length),
            std::max(std::min(end, run.length), std::min(begin, run.length))};
  }

  std::int64_t taps_ = 0, step_ = 0, pixels_ = 0;
  std::vector<Run> runs_;
  std::vector<RunSource> sources_;  // (runs, taps)
};

/// Copies channels [begin, end) of at most `width` pixels' sources to (channel, tap, width), zeros
/// where there is none: where neighbouring pixels are neighbours in memory (channels first).
template <int width, class T>
void pack_by_channel(const PixelRuns& pixels, const T* source, std::int64_t channel_stride,
                     std::int64_t begin, std::int64_t end, T* to) {
  const std::int64_t step = pixels.step();
  const auto& runs = pixels.runs();
  const bool one_run = runs[0].length == width && step == 1;
  for (std::int64_t channel = begin; channel < end; ++channel) {
    const T* image = source + channel * channel_stride;
    for (std::int64_t tap = 0; tap < pixels.taps(); ++tap, to += width) {
      const RunSource& all = pixels.source(0, tap);
      if (one_run && all.begin == 0 && all.end == width) {
        std::memcpy(to, image + all.offset, width * sizeof(T));
        continue;
      }
      for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunSource from = pixels.source(i, tap);
        T* run = to + runs[i].first;
        for (std::int64_t j = 0; j < from.begin; ++j) run[j] = 0;
        if (step == 1) {
          for (std::int64_t j = from.begin; j < from.end; ++j) run[j] = image[from.offset + j];
        } else {
          for (std::int64_t j = from.begin; j < from.end; ++j) {
            run[j] = image[from.offset + j * step];
          }
        }
        for (std::int64_t j = from.end; j < runs[i].length; ++j) run[j] = 0;
      }
      for (std::int64_t j = pixels.pixels(); j < width; ++j) to[j] = 0;
    }
  }
}

/// The same to (tap, channel, width), where neighbouring channels are neighbours in memory.
/// `zeros`: as many as channels.
template <int width, class T>
void pack_by_tap(const PixelRuns& pixels, const T* source, std::int64_t begin, std::int64_t end,
                 const T* zeros, T* to) {
  const auto& runs = pixels.runs();
  const T* from[width];
  for (std::int64_t tap = 0; tap < pixels.taps(); ++tap) {
    std::fill_n(from, width, zeros);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const RunSource& run = pixels.source(i, tap);
      for (std::int64_t j = run.begin; j < run.end; ++j) {
        from[runs[i].first + j] = source + (run.offset + j * pixels.step() + begin);
      }
    }
    for (std::int64_t channel = 0; channel < end - begin; ++channel, to += width) {
      for (int j = 0; j < width; ++j) to[j] = from[j][channel];
    }
  }
}

}  // namespace breakeven::cpu_conv
