#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/conv/depthwise_kernels.h"
#include "cpu_reference/conv/roles.h"
#include "cpu_reference/conv/segments.h"

namespace breakeven::cpu_conv {

/// Depthwise fprop and dgrad with channels last: rows of the result are shared out to threads, and
/// all channels of a pixel are summed where they lie. Filters are turned to channels last first.
template <class Kernels>
class DepthwiseProduct {
 public:
  using T = typename Kernels::T;

  explicit DepthwiseProduct(const ConvProblem& p)
      : roles_(p),
        channels_(p.c),
        multiple_(p.group_k()),
        forward_(p.direction == Direction::fprop),
        threads_(omp_get_max_threads()),
        gathers_(gathers(p)),
        filters_(static_cast<std::size_t>(p.k * roles_.filters.outer)) {
    std::int64_t most_taps = 0;
    for (const Gather& gather : gathers_) {
      const std::size_t index = segments_.size();
      segments_.push_back(segments(gather.axes[2]));
      const std::int64_t rows = gather.axes[0].places * gather.axes[1].places;
      for (std::int64_t i = 0; i < p.n * rows; ++i) {
        rows_.push_back(
            {index, i / rows, i % rows / gather.axes[1].places, i % gather.axes[1].places});
      }
      most_taps = std::max(most_taps, gather.taps());
    }
    for (int i = 0; i < threads_; ++i)
      workspaces_.emplace_back(static_cast<std::size_t>(most_taps));
  }

  std::size_t workspace_bytes() const { return filters_.bytes(); }

  void run(Tensors tensors) {
    const T* w = tensors[1].as<T>();
    const std::int64_t taps = roles_.filters.outer;
#pragma omp parallel num_threads(threads_)
    {
      Workspace& work = workspaces_[static_cast<std::size_t>(omp_get_thread_num())];
#pragma omp for
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        for (std::int64_t k = 0; k < channels_ * multiple_; ++k) {
          *filter(tap, k % multiple_, k / multiple_) = w[k * taps + tap];
        }
      }
#pragma omp for schedule(dynamic)
      for (std::size_t row = 0; row < rows_.size(); ++row) compute(rows_[row], tensors, work);
    }
  }

 private:
  struct Row {
    std::size_t gather;
    std::int64_t n, d, h;
  };

  /// Of one thread.
  struct Workspace {
    explicit Workspace(std::size_t most_taps) {
      x.reserve(most_taps);
      w.reserve(most_taps);
    }
    std::vector<const T*> x, w;  // of each tap
  };

  T* filter(std::int64_t tap, std::int64_t which, std::int64_t channel) const {
    return filters_.data() + (tap * multiple_ + which) * channels_ + channel;
  }

  void compute(const Row& row, Tensors tensors, Workspace& work) const {
    const auto& axes = gathers_[row.gather].axes;
    const auto place = [&](std::size_t axis, std::int64_t i) {
      return (axes[axis].first + i * axes[axis].distance) * roles_.result.axis[axis];
    };
    const T* image = tensors[0].as<T>() + row.n * roles_.source.outer;
    T* result =
        tensors[2].as<T>() + row.n * roles_.result.outer + place(0, row.d) + place(1, row.h);
    const std::int64_t outs = forward_ ? channels_ * multiple_ : channels_;
    const std::int64_t out_pixel = axes[2].distance * roles_.result.axis[2];
    for (const Segment& segment : segments_[row.gather]) {
      const std::int64_t pixels = segment.places.last - segment.places.first;
      T* out = result + place(2, segment.places.first);
      for (std::int64_t i = 0; i < pixels; ++i) std::fill_n(out + i * out_pixel, outs, T{0});
      for (std::int64_t m = 0; m < multiple_; ++m) {
        work.x.clear();
        work.w.clear();
        for_each_tap(gathers_[row.gather], segment, row.d, row.h, roles_.source,
                     [&](auto t, auto r, auto s, std::int64_t offset) {
                       work.x.push_back(image + offset + (forward_ ? 0 : m));
                       work.w.push_back(filter(roles_.filter_offset(t, r, s), m, 0));
                     });
        Kernels::add_pixels({pixels, channels_, static_cast<std::int64_t>(work.x.size()),
                             work.x.data(), axes[2].step * roles_.source.axis[2],
                             forward_ ? 1 : multiple_, work.w.data(), out + (forward_ ? m : 0),
                             out_pixel, forward_ ? multiple_ : 1});
      }
    }
  }

  ConvRoles roles_;
  std::int64_t channels_, multiple_;  // of x, and filters of each
  bool forward_;
  int threads_;
  std::vector<Gather> gathers_;
  std::vector<std::vector<Segment>> segments_;  // of each gather's rows
  std::vector<Row> rows_;
  AlignedArray<T> filters_;  // (taps, multiple, C)
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
