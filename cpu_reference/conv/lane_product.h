#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/conv/epilogue.h"
#include "cpu_reference/conv/gather.h"
#include "cpu_reference/conv/lane_images.h"
#include "cpu_reference/conv/lane_kernels.h"
#include "cpu_reference/conv/roles.h"

namespace breakeven::cpu_conv {

/// fprop and dgrad with channels first, vectors across images. As many blocks of images as there
/// are threads are brought side by side at a time; rows of a few results are then summed and
/// brought back.
template <class Kernels, template <class> class Epilogue = NoEpilogue>
class LaneProduct {
 public:
  using T = float;
  using Finish = Epilogue<float>;

  explicit LaneProduct(const ConvProblem& p)
      : roles_(p),
        images_(p.n),
        groups_(p.groups),
        threads_(omp_get_max_threads()),
        blocks_(cpu_gemm::quotient_up(p.n, lanes)),
        at_once_(std::min<std::int64_t>(blocks_, threads_)),
        gathers_(gathers(p)),
        parts_(cpu_gemm::quotient_up(roles_.outs, Kernels::most_results)),
        taps_(p.axes[0].filter * p.axes[1].filter * p.axes[2].filter),
        filters_(static_cast<std::size_t>(groups_ * roles_.outs * roles_.ins * taps_)),
        source_(lane_images<Kernels::lanes>(
            at_once_, p.groups * roles_.ins,
            p.direction == Direction::dgrad ? output_extents(p) : input_extents(p), w_axes())) {
    std::int64_t most_sums = 0;
    for (std::size_t gather = 0; gather < gathers_.size(); ++gather) {
      const auto& axes = gathers_[gather].axes;
      const std::int64_t row_bytes = Kernels::most_results * axes[2].places * lanes * 4;
      const std::int64_t parts_h =
          cpu_gemm::quotient_up(axes[1].places, std::max<std::int64_t>(kSumBytes / row_bytes, 1));
      for (std::int64_t d = 0; d < axes[0].places; ++d) {
        for (std::int64_t h = 0; h < parts_h; ++h) {
          const cpu_gemm::Range rows = cpu_gemm::part(axes[1].places, parts_h, h);
          most_sums = std::max(most_sums, (rows.last - rows.first) * axes[2].places);
          for (std::int64_t i = 0; i < groups_ * parts_; ++i) {
            items_.push_back({gather, d, rows, i / parts_, i % parts_});
          }
        }
      }
    }
    for (int i = 0; i < threads_; ++i) {
      workspaces_.emplace_back(Kernels::most_results * most_sums * lanes,
                               static_cast<std::size_t>(taps_));
    }
  }

  std::size_t workspace_bytes() const {
    std::size_t bytes = filters_.bytes() + source_.bytes();
    for (const Workspace& work : workspaces_) bytes += work.sums.bytes();
    return bytes;
  }

  void run(Tensors tensors) {
    const auto items = static_cast<std::int64_t>(items_.size());
    const std::int64_t channels = groups_ * roles_.ins;
    const float* const from = tensors[0].as<float>();
#pragma omp parallel num_threads(threads_)
    {
      Workspace& work = workspaces_[static_cast<std::size_t>(omp_get_thread_num())];
#pragma omp for
      for (std::int64_t i = 0; i < groups_ * parts_; ++i) {
        pack_filters(tensors[1].as<float>(), i / parts_, i % parts_);
      }
      // Both loops give a thread the same blocks: what it brought side by side is in its cache.
      for (std::int64_t first = 0; first < blocks_; first += at_once_) {
        const std::int64_t blocks = std::min(at_once_, blocks_ - first);
#pragma omp for schedule(static)
        for (std::int64_t i = 0; i < blocks * channels; ++i) {
          const std::int64_t block = i / channels, c = i % channels, n = (first + block) * lanes;
          source_.load(block, c, from + n * roles_.source.outer + c * roles_.source.channel,
                       roles_.source.outer, std::min<std::int64_t>(lanes, images_ - n));
        }
#pragma omp for schedule(static)
        for (std::int64_t i = 0; i < blocks * items; ++i) {
          compute(items_[static_cast<std::size_t>(i % items)], i / items, first + i / items,
                  tensors, work);
        }
      }
    }
  }

 private:
  static constexpr std::int64_t lanes = Kernels::lanes;
  static constexpr std::int64_t kSumBytes = 24 << 10;  // sums that wait to be brought back

  /// Rows of a few results.
  struct Item {
    std::size_t gather;
    std::int64_t depth;
    cpu_gemm::Range rows;
    std::int64_t group, part;
  };

  /// Of one thread.
  struct Workspace {
    Workspace(std::int64_t floats, std::size_t most_taps) : sums(static_cast<std::size_t>(floats)) {
      taps.reserve(most_taps);
    }
    AlignedArray<float> sums;  // (results, rows, places, lanes)
    std::vector<LaneTap> taps;
  };

  std::vector<GatherAxis> w_axes() const {
    std::vector<GatherAxis> axes;
    for (const Gather& gather : gathers_) axes.push_back(gather.axes[2]);
    return axes;
  }
  cpu_gemm::Range outs(std::int64_t part) const {
    return cpu_gemm::part(roles_.outs, parts_, part);
  }
  float* filters_of(std::int64_t group, std::int64_t part) const {
    return filters_.data() + (group * roles_.outs + outs(part).first) * roles_.ins * taps_;
  }

  /// To (channels, taps, results).
  void pack_filters(const float* w, std::int64_t group, std::int64_t part) const {
    float* to = filters_of(group, part);
    const float* from = w + group * roles_.group_stride;
    for (std::int64_t in = 0; in < roles_.ins; ++in) {
      for (std::int64_t tap = 0; tap < taps_; ++tap) {
        for (std::int64_t out = outs(part).first; out < outs(part).last; ++out) {
          *to++ = from[in * roles_.in_stride + out * roles_.out_stride + tap];
        }
      }
    }
  }

  void compute(const Item& item, std::int64_t slot, std::int64_t block, Tensors tensors,
               Workspace& work) const {
    const auto& axes = gathers_[item.gather].axes;
    const std::int64_t first = outs(item.part).first, results = outs(item.part).last - first;
    const std::int64_t width = axes[2].places, rows = item.rows.last - item.rows.first;
    const std::int64_t pieces = cpu_gemm::quotient_up(width, Kernels::most_places);
    const std::int64_t step = axes[2].step * lanes, result = rows * width * lanes;
    for (std::int64_t row = 0; row < rows; ++row) {
      find_taps(item, item.rows.first + row, results, work.taps);
      for (std::int64_t piece = 0; piece < pieces; ++piece) {
        const cpu_gemm::Range places = cpu_gemm::part(width, pieces, piece);
        const LaneSums sums{
            .filters = filters_of(item.group, item.part),
            .filter_channel = taps_ * results,
            .source = source_.at(slot, item.group * roles_.ins) + places.first * step,
            .source_channel = source_.channel(),
            .step = step,
            .channels = roles_.ins,
            .taps = static_cast<std::int64_t>(work.taps.size()),
            .tap = work.taps.data(),
            .sums = work.sums.data() + (row * width + places.first) * lanes,
            .result = result};
        lane_kernel<Kernels, LaneSums>(results, places.last - places.first)(sums);
      }
    }
    for (std::int64_t r = 0; r < results; ++r) {
      finish(item, block, item.group * roles_.outs + first + r, work.sums.data() + r * result,
             tensors);
    }
  }

  /// The taps of a row of places that meet anything.
  void find_taps(const Item& item, std::int64_t row, std::int64_t results,
                 std::vector<LaneTap>& taps) const {
    const auto& axes = gathers_[item.gather].axes;
    taps.clear();
    for (const Tap& d : axes[0].taps) {
      const std::int64_t depth = axes[0].source_of(item.depth, d);
      if (!axes[0].holds(depth)) continue;
      for (const Tap& h : axes[1].taps) {
        const std::int64_t height = axes[1].source_of(row, h);
        if (!axes[1].holds(height)) continue;
        for (const Tap& w : axes[2].taps) {
          taps.push_back({roles_.filter_offset(d.filter, h.filter, w.filter) * results,
                          depth * source_.slice() + height * source_.row() + w.offset * lanes});
        }
      }
    }
  }

  /// Brings rows of a channel's sums to its images.
  void finish(const Item& item, std::int64_t block, std::int64_t channel, float* sums,
              Tensors tensors) const {
    const Gather& gather = gathers_[item.gather];
    const auto& axes = gather.axes;
    const std::int64_t width = axes[2].places, rows = item.rows.last - item.rows.first;
    if constexpr (Finish::changes) {
      Finish{tensors}(sums, rows * width * lanes, channel);
    }
    const std::int64_t n = block * lanes, images = std::min<std::int64_t>(lanes, images_ - n);
    float* result = tensors[Finish::result].template as<float>() + n * roles_.result.outer +
                    channel * roles_.result.channel;
    const auto place = [&](std::size_t axis, std::int64_t i) {
      return (axes[axis].first + i * axes[axis].distance) * roles_.result.axis[axis];
    };
    result += place(0, item.depth);
    if (gather.dense()) {  // rows lie side by side
      transpose(sums, lanes, rows * width, images, result + place(1, item.rows.first),
                roles_.result.outer);
      return;
    }
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t i = 0; i < width; ++i, sums += lanes) {
        float* to = result + place(1, item.rows.first + row) + place(2, i);
        for (std::int64_t image = 0; image < images; ++image) {
          to[image * roles_.result.outer] = sums[image];
        }
      }
    }
  }

  ConvRoles roles_;
  std::int64_t images_, groups_;
  int threads_;
  std::int64_t blocks_, at_once_;
  std::vector<Gather> gathers_;
  std::int64_t parts_;           // of a group's results
  std::int64_t taps_;            // of a filter
  AlignedArray<float> filters_;  // (groups, parts, channels, taps, results)
  LaneImages<Kernels::lanes> source_;
  std::vector<Item> items_;  // of a block
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
