#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/conv/epilogue.h"
#include "cpu_reference/conv/planes.h"
#include "cpu_reference/conv/roles.h"

namespace breakeven::cpu_conv {

/// fprop and dgrad with channels first. A block's sources of all channels are copied to planes that
/// stay in the second-level cache; a few results at a time are then summed along them in the first.
template <class Kernels, template <class> class Epilogue = NoEpilogue>
class PlaneProduct {
 public:
  using T = typename Kernels::T;
  using Finish = Epilogue<T>;

  explicit PlaneProduct(const ConvProblem& p) : roles_(p), threads_(omp_get_max_threads()) {
    const Caches cache = caches();
    const auto elements = [](std::size_t bytes) {
      return static_cast<std::int64_t>(bytes / 2 / sizeof(T));
    };
    const std::int64_t most = std::min(elements(cache.l2) / roles_.ins,
                                       elements(cache.l1) / std::min(roles_.outs, kRows));
    gathers_ = gathers(p);
    std::int64_t most_elements = 0, most_taps = 0, blocks = 0;
    for (const Gather& gather : gathers_) {
      planes_.emplace_back(gather, most);
      most_elements = std::max(most_elements, planes_.back().elements());
      most_run_ = std::max(most_run_, planes_.back().most_run());
      most_taps = std::max(most_taps, gather.taps());
      blocks += p.n * p.groups * planes_.back().blocks();
    }
    // Results are shared out where blocks are too few for all threads: planes are then copied anew.
    const std::int64_t wanted = threads_ == 1 ? 1 : 4 * threads_;
    const std::int64_t parts =
        std::min(cpu_gemm::quotient_up(wanted, blocks), cpu_gemm::quotient_up(roles_.outs, kRows));
    for (std::size_t gather = 0; gather < gathers_.size(); ++gather) {
      for (std::int64_t i = 0; i < p.n * p.groups * planes_[gather].blocks() * parts; ++i) {
        const std::int64_t block = i / parts % planes_[gather].blocks();
        const std::int64_t image = i / parts / planes_[gather].blocks();
        items_.push_back({gather, image / p.groups, image % p.groups, block,
                          cpu_gemm::part(roles_.outs, parts, i % parts)});
      }
    }
    const std::int64_t most_lines = channels_at_once(most_taps) * most_taps;
    for (int i = 0; i < threads_; ++i) {
      workspaces_.emplace_back(roles_.ins * most_elements, kRows * most_run_, most_lines);
    }
  }

  std::size_t workspace_bytes() const {
    std::size_t bytes = 0;
    for (const Workspace& work : workspaces_) bytes += work.planes.bytes() + work.sums.bytes();
    return bytes;
  }

  void run(Tensors tensors) {
#pragma omp parallel for num_threads(threads_) schedule(dynamic)
    for (std::size_t i = 0; i < items_.size(); ++i) {
      compute(items_[i], tensors, workspaces_[static_cast<std::size_t>(omp_get_thread_num())]);
    }
  }

 private:
  static constexpr std::int64_t kRows = 4;  // results at a time

  struct Item {
    std::size_t gather;
    std::int64_t n, group, block;
    cpu_gemm::Range outs;
  };

  /// Of one thread.
  struct Workspace {
    Workspace(std::int64_t plane_elements, std::int64_t sum_elements, std::int64_t most_lines)
        : planes(static_cast<std::size_t>(plane_elements)),
          sums(static_cast<std::size_t>(sum_elements)) {
      offsets.reserve(static_cast<std::size_t>(most_lines));
      filter_offsets.reserve(static_cast<std::size_t>(most_lines));
    }
    AlignedArray<T> planes;                             // (ins, elements)
    AlignedArray<T> sums;                               // (kRows, most_run_)
    std::vector<std::int64_t> offsets, filter_offsets;  // of each line: a channel and a tap
  };

  /// So many that a pass over the sums is worth it where taps are few.
  static std::int64_t channels_at_once(std::int64_t taps) {
    return std::max<std::int64_t>(12 / std::max<std::int64_t>(taps, 1), 1);
  }

  void compute(const Item& item, Tensors tensors, Workspace& work) const {
    const Planes& planes = planes_[item.gather];
    const Planes::Block block = planes.block(item.block);
    const T* image = tensors[0].as<T>() + item.n * roles_.source.outer +
                     item.group * roles_.ins * roles_.source.channel;
    const T* w = tensors[1].as<T>() + item.group * roles_.group_stride;
    for (std::int64_t in = 0; in < roles_.ins; ++in) {
      planes.copy(image + in * roles_.source.channel, roles_.source, block,
                  work.planes.data() + in * planes.elements());
    }
    work.offsets.clear();
    work.filter_offsets.clear();
    const std::int64_t channels = channels_at_once(gathers_[item.gather].taps());
    for (std::int64_t in = 0; in < channels; ++in) {
      planes.for_each_tap(block, [&](auto d, auto h, auto v, std::int64_t offset) {
        work.offsets.push_back(in * planes.elements() + offset);
        work.filter_offsets.push_back(in * roles_.in_stride + roles_.filter_offset(d, h, v));
      });
    }
    const std::int64_t taps = static_cast<std::int64_t>(work.offsets.size()) / channels;
    for (std::int64_t out = item.outs.first; out < item.outs.last; out += kRows) {
      const std::int64_t rows = std::min(kRows, item.outs.last - out);
      std::fill_n(work.sums.data(), rows * most_run_, T{0});
      for (std::int64_t in = 0; in < roles_.ins; in += channels) {
        Kernels::add_lines({rows, std::min(channels, roles_.ins - in) * taps, planes.run(block),
                            w + out * roles_.out_stride + in * roles_.in_stride, roles_.out_stride,
                            work.filter_offsets.data(), work.planes.data() + in * planes.elements(),
                            work.offsets.data(), work.sums.data(), most_run_});
      }
      const std::int64_t first = item.group * roles_.outs + out;
      T* result = tensors[Finish::result].template as<T>() + item.n * roles_.result.outer +
                  first * roles_.result.channel;
      for (std::int64_t row = 0; row < rows; ++row) {
        T* sums = work.sums.data() + row * most_run_;
        if constexpr (Finish::changes) {
          Finish{tensors}(sums, planes.run(block), first + row);
        }
        write(item, block, sums, result + row * roles_.result.channel);
      }
    }
  }

  /// A block of one channel of the result.
  void write(const Item& item, const Planes::Block& block, const T* sums, T* result) const {
    const auto& axes = gathers_[item.gather].axes;
    const auto place = [&](std::size_t axis, std::int64_t i) {
      return (axes[axis].first + i * axes[axis].distance) * roles_.result.axis[axis];
    };
    const std::int64_t line = planes_[item.gather].line(block);
    const std::int64_t width = block.w.last - block.w.first, distance = axes[2].distance;
    for (std::int64_t h = block.h.first; h < block.h.last; ++h, sums += line) {
      T* to = result + place(0, block.depth) + place(1, h) + place(2, block.w.first);
      if (distance == 1) {
        std::copy_n(sums, width, to);
      } else {
        for (std::int64_t i = 0; i < width; ++i) to[i * distance] = sums[i];
      }
    }
  }

  ConvRoles roles_;
  int threads_;
  std::vector<Gather> gathers_;
  std::vector<Planes> planes_;  // of each gather
  std::int64_t most_run_ = 0;
  std::vector<Item> items_;
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
