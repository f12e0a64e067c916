#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/conv/lines.h"
#include "cpu_reference/conv/partial_sums.h"
#include "cpu_reference/conv/segments.h"

namespace breakeven::cpu_conv {

/// wgrad with channels last: each pixel of dy adds x's line of channels that a tap meets, times one
/// of its own channels, to a line of dw. Blocks of dy's channels are shared out to threads, and
/// parts of the images' rows where these are few.
template <class Kernels>
class DirectWgrad {
 public:
  using T = typename Kernels::T;

  explicit DirectWgrad(const ConvProblem& p)
      : gather_(gathers(p.in(Direction::fprop))[0]),
        segments_(segments(gather_.axes[2])),
        group_c_(p.group_c()),
        group_k_(p.group_k()),
        rows_(p.n * gather_.axes[0].places * gather_.axes[1].places),
        threads_(omp_get_max_threads()),
        x_(x_strides(p)),
        dy_(y_strides(p)),
        filters_(w_strides(p)),
        blocks_(cpu_gemm::quotient_up(group_k_, kChannels)),
        items_(p.groups * blocks_),
        sums_(p, parts_of_sums(p, rows_, items_)) {
    for (std::int64_t i = 0; i < gather_.axes[2].places; ++i) {
      x_pixels_.push_back(i * gather_.axes[2].step * x_.axis[2]);
      dy_pixels_.push_back(i * dy_.axis[2]);
    }
  }

  std::size_t workspace_bytes() const { return sums_.bytes(); }

  void run(Tensors tensors) {
    T* const dw = tensors[2].as<T>();
#pragma omp parallel for num_threads(threads_) schedule(dynamic)
    for (std::int64_t i = 0; i < sums_.parts() * items_; ++i) {
      compute(i / items_, i % items_, tensors, sums_.of(i / items_, dw));
    }
    sums_.add_up(dw, threads_);
  }

 private:
  static constexpr std::int64_t kChannels = 64;  // of dy, whose sums stay in a near cache

  void compute(std::int64_t part, std::int64_t item, Tensors tensors, T* dw) const {
    const std::int64_t group = item / blocks_;
    const auto [first, last] = cpu_gemm::part(group_k_, blocks_, item % blocks_);
    T* const filters = dw + (group * group_k_ + first) * filters_.outer;
    std::fill_n(filters, (last - first) * filters_.outer, T{0});
    const auto [begin, end] = cpu_gemm::part(rows_, sums_.parts(), part);
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t height = gather_.axes[1].places, depth = gather_.axes[0].places;
      const std::int64_t h = row % height, d = row / height % depth, n = row / height / depth;
      const T* x = tensors[0].as<T>() + n * x_.outer + group * group_c_;
      const T* dy = tensors[1].as<T>() + n * dy_.outer + d * dy_.axis[0] + h * dy_.axis[1] +
                    group * group_k_ + first;
      for (const Segment& segment : segments_) {
        for_each_tap(gather_, segment, d, h, x_,
                     [&](std::int64_t t, std::int64_t r, std::int64_t s, std::int64_t offset) {
                       const std::int64_t tap =
                           t * filters_.axis[0] + r * filters_.axis[1] + s * filters_.axis[2];
                       Kernels::add_lines({last - first, segment.places.last - segment.places.first,
                                           group_c_, dy + segment.places.first * dy_.axis[2], 1,
                                           dy_pixels_.data(), x + offset, x_pixels_.data(),
                                           filters + tap, filters_.outer});
                     });
      }
    }
  }

  Gather gather_;
  std::vector<Segment> segments_;
  std::int64_t group_c_, group_k_;
  std::int64_t rows_;  // of all images
  int threads_;
  ConvStrides x_, dy_, filters_;
  std::int64_t blocks_, items_;  // of dy's channels: of a group, and in all
  PartialSums<T> sums_;
  std::vector<std::int64_t> x_pixels_, dy_pixels_;  // how far pixels of a row are from the first
};

}  // namespace breakeven::cpu_conv
