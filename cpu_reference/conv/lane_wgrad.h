#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/conv/gather.h"
#include "cpu_reference/conv/lane_images.h"
#include "cpu_reference/conv/lane_kernels.h"
#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// wgrad with channels first, vectors across images. As many blocks of images as there are threads
/// are brought side by side at a time. Threads share out filters and channels, so that each sum has
/// one owner, who adds to it lane by lane, in an order that does not depend on how many they are;
/// at the end lanes are added up.
template <class Kernels>
class LaneWgrad {
 public:
  using T = float;
  explicit LaneWgrad(const ConvProblem& p)
      : images_(p.n),
        groups_(p.groups),
        group_c_(p.group_c()),
        group_k_(p.group_k()),
        threads_(omp_get_max_threads()),
        blocks_(cpu_gemm::quotient_up(p.n, lanes)),
        at_once_(std::min<std::int64_t>(blocks_, threads_)),
        axes_(gathers(p.in(Direction::fprop))[0].axes),
        x_strides_(x_strides(p)),
        dy_strides_(y_strides(p)),
        filters_(w_strides(p)),
        x_(lane_images<Kernels::lanes>(at_once_, p.c, input_extents(p), {&axes_[2], 1})),
        dy_(at_once_, p.k, output_extents(p), 0, axes_[2].places),
        sums_(static_cast<std::size_t>(p.k * filters_.outer * lanes)) {
    const auto w_taps = static_cast<std::int64_t>(axes_[2].taps.size());
    tap_parts_ = cpu_gemm::quotient_up(w_taps, Kernels::most_taps);
    const std::int64_t most_taps = cpu_gemm::quotient_up(w_taps, tap_parts_);
    const std::int64_t most_results =
        std::min<std::int64_t>(Kernels::most_results, Kernels::most_dots / most_taps);
    k_parts_ = cpu_gemm::quotient_up(group_k_, most_results);
    c_parts_ =
        std::min(group_c_, cpu_gemm::quotient_up(std::int64_t{4} * threads_, groups_ * k_parts_));
    // Rows of dy that stay in the second-level cache while all taps and channels meet them: enough
    // of them that bringing the sums to registers and back is worth it.
    const std::int64_t row_bytes = most_results * axes_[2].places * lanes * 4;
    const auto l2 = static_cast<std::int64_t>(caches().l2);
    row_parts_ =
        cpu_gemm::quotient_up(axes_[1].places, std::max<std::int64_t>(l2 / 8 / row_bytes, 1));
  }

  std::size_t workspace_bytes() const { return x_.bytes() + dy_.bytes() + sums_.bytes(); }

  void run(Tensors tensors) {
    const float *const x = tensors[0].as<float>(), *const dy = tensors[1].as<float>();
    float* const dw = tensors[2].as<float>();
    const std::int64_t c = groups_ * group_c_, k = groups_ * group_k_;
    const std::int64_t elements = k * filters_.outer;
#pragma omp parallel num_threads(threads_)
    {
#pragma omp for
      for (std::int64_t i = 0; i < elements; ++i)
        std::fill_n(sums_.data() + i * lanes, lanes, 0.0F);
      for (std::int64_t first = 0; first < blocks_; first += at_once_) {
        const std::int64_t blocks = std::min(at_once_, blocks_ - first);
#pragma omp for
        for (std::int64_t i = 0; i < blocks * (c + k); ++i) {
          const std::int64_t block = i / (c + k), channel = i % (c + k);
          const std::int64_t n = (first + block) * lanes;
          const std::int64_t images = std::min<std::int64_t>(lanes, images_ - n);
          if (channel < c) {
            x_.load(block, channel, x + n * x_strides_.outer + channel * x_strides_.channel,
                    x_strides_.outer, images);
          } else {
            dy_.load(block, channel - c,
                     dy + n * dy_strides_.outer + (channel - c) * dy_strides_.channel,
                     dy_strides_.outer, images);
          }
        }
#pragma omp for schedule(dynamic)
        for (std::int64_t i = 0; i < groups_ * k_parts_ * c_parts_; ++i) {
          add_dots({.group = i / (k_parts_ * c_parts_),
                    .k = cpu_gemm::part(group_k_, k_parts_, i / c_parts_ % k_parts_),
                    .c = cpu_gemm::part(group_c_, c_parts_, i % c_parts_)},
                   blocks);
        }
      }
#pragma omp for
      for (std::int64_t i = 0; i < elements; ++i) {
        const float* sum = sums_.data() + i * lanes;
        dw[i] = std::accumulate(sum, sum + lanes, 0.0F);
      }
    }
  }

 private:
  static constexpr std::int64_t lanes = Kernels::lanes;

  /// Elements of dw that one thread sums.
  struct Item {
    std::int64_t group;
    cpu_gemm::Range k, c;
  };

  void add_dots(const Item& item, std::int64_t blocks) const {
    for (std::int64_t block = 0; block < blocks; ++block) {
      for (std::int64_t depth = 0; depth < axes_[0].places; ++depth) {
        for (std::int64_t i = 0; i < row_parts_; ++i) {
          const cpu_gemm::Range rows = cpu_gemm::part(axes_[1].places, row_parts_, i);
          for (std::int64_t c = item.c.first; c < item.c.last; ++c) {
            add_rows(item, block, depth, rows, c);
          }
        }
      }
    }
  }

  /// What some rows of dy and a channel of x give to all taps.
  void add_rows(const Item& item, std::int64_t block, std::int64_t depth, cpu_gemm::Range rows,
                std::int64_t c) const {
    const float* dy = dy_.at(block, item.group * group_k_ + item.k.first) + depth * dy_.slice();
    const float* x = x_.at(block, item.group * group_c_ + c);
    float* sums =
        sums_.data() +
        ((item.group * group_k_ + item.k.first) * filters_.outer + c * filters_.channel) * lanes;
    const auto w_taps = static_cast<std::int64_t>(axes_[2].taps.size());
    for (const Tap& d : axes_[0].taps) {
      const std::int64_t slice = axes_[0].source_of(depth, d);
      if (!axes_[0].holds(slice)) continue;
      for (const Tap& h : axes_[1].taps) {
        const std::int64_t top = axes_[1].source_of(rows.first, h);
        const auto [begin, end] =
            inside(top, axes_[1].step, rows.last - rows.first, axes_[1].source);
        if (begin == end) continue;
        for (std::int64_t i = 0; i < tap_parts_; ++i) {
          const cpu_gemm::Range taps = cpu_gemm::part(w_taps, tap_parts_, i);
          const Tap& w = axes_[2].taps[static_cast<std::size_t>(taps.first)];
          const std::int64_t at =
              d.filter * filters_.axis[0] + h.filter * filters_.axis[1] + w.filter;
          const LaneDots dots{
              .dy = dy + (rows.first + begin) * dy_.row(),
              .dy_channel = dy_.channel(),
              .dy_row = dy_.row(),
              .x = x + slice * x_.slice() + (top + begin * axes_[1].step) * x_.row() +
                   w.offset * lanes,
              .x_row = axes_[1].step * x_.row(),
              .step = axes_[2].step * lanes,
              .tap = w_taps > 1 ? (axes_[2].taps[1].offset - axes_[2].taps[0].offset) * lanes : 0,
              .rows = end - begin,
              .width = axes_[2].places,
              .sums = sums + at * lanes,
              .result = filters_.outer * lanes};
          lane_kernel<Kernels, LaneDots>(item.k.last - item.k.first, taps.last - taps.first)(dots);
        }
      }
    }
  }

  std::int64_t images_, groups_, group_c_, group_k_;
  int threads_;
  std::int64_t blocks_, at_once_;
  std::array<GatherAxis, 3> axes_;
  ConvStrides x_strides_, dy_strides_, filters_;
  LaneImages<Kernels::lanes> x_, dy_;
  AlignedArray<float> sums_;  // (K, C/G, taps, lanes)
  std::int64_t tap_parts_, k_parts_, c_parts_, row_parts_;
};

}  // namespace breakeven::cpu_conv
