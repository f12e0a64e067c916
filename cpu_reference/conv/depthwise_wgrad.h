#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/conv/depthwise_kernels.h"
#include "cpu_reference/conv/partial_sums.h"
#include "cpu_reference/conv/segments.h"

namespace breakeven::cpu_conv {

/// Depthwise wgrad with channels last: sums with the channels last, too, are kept for each block of
/// channels and each part of the images' rows, and turned to filters when they are added up.
template <class Kernels>
class DepthwiseWgrad {
 public:
  using T = typename Kernels::T;

  explicit DepthwiseWgrad(const ConvProblem& p)
      : gather_(gathers(p.in(Direction::fprop))[0]),
        segments_(segments(gather_.axes[2])),
        channels_(p.c),
        multiple_(p.group_k()),
        taps_(w_strides(p).outer),
        rows_(p.n * gather_.axes[0].places * gather_.axes[1].places),
        threads_(omp_get_max_threads()),
        x_(x_strides(p)),
        dy_(y_strides(p)),
        filters_(w_strides(p)),
        blocks_(cpu_gemm::quotient_up(channels_, kChannels)),
        parts_(parts_of_sums(p, rows_, blocks_)),
        sums_(static_cast<std::size_t>(parts_ * p.k * taps_)) {
    for (int i = 0; i < threads_; ++i) workspaces_.emplace_back(static_cast<std::size_t>(taps_));
  }

  std::size_t workspace_bytes() const { return sums_.bytes(); }

  void run(Tensors tensors) {
    T* const dw = tensors[2].as<T>();
#pragma omp parallel num_threads(threads_)
    {
      Workspace& work = workspaces_[static_cast<std::size_t>(omp_get_thread_num())];
#pragma omp for schedule(dynamic)
      for (std::int64_t i = 0; i < parts_ * blocks_; ++i) {
        compute(i / blocks_, cpu_gemm::part(channels_, blocks_, i % blocks_), tensors, work);
      }
#pragma omp for
      for (std::int64_t k = 0; k < channels_ * multiple_; ++k) {
        for (std::int64_t tap = 0; tap < taps_; ++tap) {
          T sum = 0;
          for (std::int64_t part = 0; part < parts_; ++part) {
            sum += *sums(part, tap, k % multiple_, k / multiple_);
          }
          dw[k * taps_ + tap] = sum;
        }
      }
    }
  }

 private:
  static constexpr std::int64_t kChannels = 64;  // their sums stay in the first-level cache

  /// Of one thread.
  struct Workspace {
    explicit Workspace(std::size_t taps) {
      x.reserve(taps);
      w.reserve(taps);
    }
    std::vector<const T*> x;  // of each tap
    std::vector<T*> w;
  };

  T* sums(std::int64_t part, std::int64_t tap, std::int64_t m, std::int64_t channel) const {
    return sums_.data() + ((part * taps_ + tap) * multiple_ + m) * channels_ + channel;
  }

  void compute(std::int64_t part, cpu_gemm::Range channels, Tensors tensors,
               Workspace& work) const {
    const std::int64_t count = channels.last - channels.first;
    for (std::int64_t line = 0; line < taps_ * multiple_; ++line) {
      std::fill_n(sums(part, 0, line, channels.first), count, T{0});
    }
    const auto& axes = gather_.axes;
    const cpu_gemm::Range rows = cpu_gemm::part(rows_, parts_, part);
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t h = row % axes[1].places, d = row / axes[1].places % axes[0].places;
      const std::int64_t n = row / axes[1].places / axes[0].places;
      const T* x = tensors[0].as<T>() + n * x_.outer + channels.first;
      const T* dy = tensors[1].as<T>() + n * dy_.outer + d * dy_.axis[0] + h * dy_.axis[1] +
                    channels.first * multiple_;
      for (const Segment& segment : segments_) {
        for (std::int64_t m = 0; m < multiple_; ++m) {
          work.x.clear();
          work.w.clear();
          for_each_tap(gather_, segment, d, h, x_,
                       [&](std::int64_t t, std::int64_t r, std::int64_t s, std::int64_t offset) {
                         const std::int64_t tap =
                             t * filters_.axis[0] + r * filters_.axis[1] + s * filters_.axis[2];
                         work.x.push_back(x + offset);
                         work.w.push_back(sums(part, tap, m, channels.first));
                       });
          Kernels::add_weights({segment.places.last - segment.places.first, count,
                                static_cast<std::int64_t>(work.x.size()), work.x.data(),
                                axes[2].step * x_.axis[2], 1, work.w.data(),
                                dy + segment.places.first * dy_.axis[2] + m, dy_.axis[2],
                                multiple_});
        }
      }
    }
  }

  Gather gather_;
  std::vector<Segment> segments_;
  std::int64_t channels_, multiple_;  // of x, and filters of each
  std::int64_t taps_;
  std::int64_t rows_;  // of all images
  int threads_;
  ConvStrides x_, dy_, filters_;
  std::int64_t blocks_, parts_;  // of channels, and of rows
  AlignedArray<T> sums_;         // (parts, taps, multiple, C)
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
