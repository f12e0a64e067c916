#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/conv/partial_sums.h"
#include "cpu_reference/conv/planes.h"
#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// wgrad with channels first: a block of dy is copied to lines as long as those of x's planes, with
/// zeros between, and one of a channel of x to planes; an element of dw is then a product of two
/// runs. Channels are shared out to threads, and images where channels are few.
template <class Kernels>
class PlaneWgrad {
 public:
  using T = typename Kernels::T;

  explicit PlaneWgrad(const ConvProblem& p)
      : gather_(gathers(p.in(Direction::fprop))[0]),
        group_c_(p.group_c()),
        group_k_(p.group_k()),
        groups_(p.groups),
        channels_(std::min<std::int64_t>(group_c_, 16)),
        threads_(omp_get_max_threads()),
        planes_(gather_, most_elements()),
        x_(x_strides(p)),
        dy_(y_strides(p)),
        filters_(w_strides(p)),
        units_(p.n * planes_.blocks()),
        sums_(p, parts_of_sums(p, units_, items_of_part())) {
    for (int i = 0; i < threads_; ++i) {
      workspaces_.emplace_back(planes_.elements(), group_k_ * planes_.most_run(),
                               static_cast<std::size_t>(gather_.taps()));
    }
  }

  std::size_t workspace_bytes() const {
    std::size_t bytes = sums_.bytes();
    for (const Workspace& work : workspaces_) bytes += work.x.bytes() + work.dy.bytes();
    return bytes;
  }

  void run(Tensors tensors) {
    T* const dw = tensors[2].as<T>();
#pragma omp parallel for num_threads(threads_) schedule(dynamic)
    for (std::int64_t i = 0; i < sums_.parts() * items_of_part(); ++i) {
      const std::int64_t part = i / items_of_part();
      compute(part, i % items_of_part(), tensors, sums_.of(part, dw),
              workspaces_[static_cast<std::size_t>(omp_get_thread_num())]);
    }
    sums_.add_up(dw, threads_);
  }

 private:
  /// Of one thread.
  struct Workspace {
    Workspace(std::int64_t x_elements, std::int64_t dy_elements, std::size_t most_taps)
        : x(static_cast<std::size_t>(x_elements)), dy(static_cast<std::size_t>(dy_elements)) {
      offsets.reserve(most_taps);
      filter_offsets.reserve(most_taps);
    }
    AlignedArray<T> x;                                  // of one channel
    AlignedArray<T> dy;                                 // (group_k, most_run)
    std::vector<std::int64_t> offsets, filter_offsets;  // of each tap
  };

  std::int64_t most_elements() const {
    const Caches cache = caches();
    return static_cast<std::int64_t>(
        std::min(cache.l2 / 2 / static_cast<std::size_t>(1 + group_k_), cache.l1 / 4) / sizeof(T));
  }
  std::int64_t blocks_of_group() const { return cpu_gemm::quotient_up(group_c_, channels_); }
  std::int64_t items_of_part() const { return groups_ * blocks_of_group(); }

  /// A part's sums of some channels of a group.
  void compute(std::int64_t part, std::int64_t item, Tensors tensors, T* dw,
               Workspace& work) const {
    const std::int64_t group = item / blocks_of_group();
    const cpu_gemm::Range channels =
        cpu_gemm::part(group_c_, blocks_of_group(), item % blocks_of_group());
    T* const filters = dw + group * group_k_ * filters_.outer;
    for (std::int64_t k = 0; k < group_k_; ++k) {
      std::fill(filters + k * filters_.outer + channels.first * filters_.channel,
                filters + k * filters_.outer + channels.last * filters_.channel, T{0});
    }
    const cpu_gemm::Range units = cpu_gemm::part(units_, sums_.parts(), part);
    for (std::int64_t unit = units.first; unit < units.last; ++unit) {
      const Planes::Block block = planes_.block(unit % planes_.blocks());
      const std::int64_t n = unit / planes_.blocks();
      copy_dy(tensors[1].as<T>() + n * dy_.outer + group * group_k_ * dy_.channel, block,
              work.dy.data());
      work.offsets.clear();
      work.filter_offsets.clear();
      planes_.for_each_tap(block, [&](auto d, auto h, auto w, std::int64_t offset) {
        work.offsets.push_back(offset);
        work.filter_offsets.push_back(d * filters_.axis[0] + h * filters_.axis[1] +
                                      w * filters_.axis[2]);
      });
      const T* x = tensors[0].as<T>() + n * x_.outer + group * group_c_ * x_.channel;
      for (std::int64_t c = channels.first; c < channels.last; ++c) {
        planes_.copy(x + c * x_.channel, x_, block, work.x.data());
        Kernels::add_dots({group_k_, static_cast<std::int64_t>(work.offsets.size()),
                           planes_.run(block), filters + c * filters_.channel, filters_.outer,
                           work.filter_offsets.data(), work.x.data(), work.offsets.data(),
                           work.dy.data(), planes_.most_run()});
      }
    }
  }

  void copy_dy(const T* dy, const Planes::Block& block, T* to) const {
    const std::int64_t width = block.w.last - block.w.first;
    for (std::int64_t k = 0; k < group_k_; ++k) {
      T* line = to + k * planes_.most_run();
      std::fill_n(line, planes_.run(block), T{0});
      for (std::int64_t h = block.h.first; h < block.h.last; ++h, line += planes_.line(block)) {
        const T* from = dy + k * dy_.channel + block.depth * dy_.axis[0] + h * dy_.axis[1];
        std::copy_n(from + block.w.first, width, line);
      }
    }
  }

  Gather gather_;
  std::int64_t group_c_, group_k_, groups_;
  std::int64_t channels_;  // of x for each copy of dy
  int threads_;
  Planes planes_;
  ConvStrides x_, dy_, filters_;
  std::int64_t units_;  // blocks of all images
  PartialSums<T> sums_;
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
