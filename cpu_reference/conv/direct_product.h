#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/conv/lines.h"
#include "cpu_reference/conv/roles.h"
#include "cpu_reference/conv/segments.h"

namespace breakeven::cpu_conv {

/// fprop and dgrad with channels last: rows of the result are shared out to threads. A tap's
/// filters are a matrix whose lines are the channels that result, and each channel that is summed
/// over adds one of them, times itself, to a pixel. In dgrad they lie in memory like that; in fprop
/// they are turned first.
template <class Kernels>
class DirectProduct {
 public:
  using T = typename Kernels::T;

  explicit DirectProduct(const ConvProblem& p)
      : roles_(p),
        groups_(p.groups),
        threads_(omp_get_max_threads()),
        gathers_(gathers(p)),
        turned_(roles_.out_stride != 1),
        filters_(static_cast<std::size_t>(turned_ ? p.k * roles_.filters.outer : 0)) {
    for (std::int64_t in = 0; in < roles_.ins; ++in) {
      channels_.push_back(in);
      lines_.push_back(in * (turned_ ? roles_.outs : roles_.in_stride));
    }
    for (const Gather& gather : gathers_) {
      const std::size_t index = segments_.size();
      segments_.push_back(segments(gather.axes[2]));
      const std::int64_t height = gather.axes[1].places, rows = gather.axes[0].places * height;
      for (std::int64_t i = 0; i < p.n * rows; ++i) {
        rows_.push_back({index, i / rows, i % rows / height, i % height});
      }
    }
  }

  std::size_t workspace_bytes() const { return filters_.bytes(); }

  void run(Tensors tensors) {
#pragma omp parallel num_threads(threads_)
    {
      if (turned_) turn(tensors[1].as<T>());
#pragma omp for schedule(dynamic)
      for (std::size_t row = 0; row < rows_.size(); ++row) {
        for (std::int64_t group = 0; group < groups_; ++group) compute(rows_[row], group, tensors);
      }
    }
  }

 private:
  struct Row {
    std::size_t gather;
    std::int64_t n, d, h;
  };

  /// A tap's elements of the filters are side by side, `ins` of them.
  std::int64_t taps() const { return roles_.filters.outer / roles_.ins; }

  void turn(const T* w) const {
#pragma omp for
    for (std::int64_t i = 0; i < groups_ * taps(); ++i) {
      const T* from = w + i / taps() * roles_.group_stride + i % taps() * roles_.ins;
      T* to = filters_.data() + i * roles_.ins * roles_.outs;
      for (std::int64_t in = 0; in < roles_.ins; ++in, to += roles_.outs) {
        for (std::int64_t out = 0; out < roles_.outs; ++out) {
          to[out] = from[in + out * roles_.out_stride];
        }
      }
    }
  }

  const T* filters_of(std::int64_t group, std::int64_t offset, const T* w) const {
    return turned_ ? filters_.data() + group * roles_.group_stride + offset * roles_.outs
                   : w + group * roles_.group_stride + offset;
  }

  void compute(const Row& row, std::int64_t group, Tensors tensors) const {
    const auto& axes = gathers_[row.gather].axes;
    const auto place = [&](std::size_t axis, std::int64_t i) {
      return (axes[axis].first + i * axes[axis].distance) * roles_.result.axis[axis];
    };
    const T* image = tensors[0].as<T>() + row.n * roles_.source.outer + group * roles_.ins;
    T* result = tensors[2].as<T>() + row.n * roles_.result.outer + group * roles_.outs +
                place(0, row.d) + place(1, row.h);
    const std::int64_t distance = axes[2].distance * roles_.result.axis[2];
    for (const Segment& segment : segments_[row.gather]) {
      const std::int64_t pixels = segment.places.last - segment.places.first;
      T* sums = result + place(2, segment.places.first);
      for (std::int64_t i = 0; i < pixels; ++i) {
        std::fill_n(sums + i * distance, roles_.outs, T{0});
      }
      for_each_tap(gathers_[row.gather], segment, row.d, row.h, roles_.source,
                   [&](auto t, auto r, auto s, std::int64_t offset) {
                     const T* filters =
                         filters_of(group, roles_.filter_offset(t, r, s), tensors[1].as<T>());
                     Kernels::add_lines({pixels, roles_.ins, roles_.outs, image + offset,
                                         axes[2].step * roles_.source.axis[2], channels_.data(),
                                         filters, lines_.data(), sums, distance});
                   });
    }
  }

  ConvRoles roles_;
  std::int64_t groups_;
  int threads_;
  std::vector<Gather> gathers_;
  bool turned_;
  AlignedArray<T> filters_;                     // (groups, taps, ins, outs), where turned
  std::vector<std::int64_t> channels_, lines_;  // where each channel is, and its line of filters
  std::vector<std::vector<Segment>> segments_;  // of each gather's rows
  std::vector<Row> rows_;
};

}  // namespace breakeven::cpu_conv
