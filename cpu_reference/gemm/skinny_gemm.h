#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/gemm/batch_plan.h"
#include "cpu_reference/gemm/panels.h"
#include "cpu_reference/gemm/skinny_kernels.h"
#include "cpu_reference/gemm/tile_grid.h"
#include "operations/gemm/problem.h"

namespace breakeven::cpu_gemm {

/// A GEMM with few rows, or few columns, of C: a few lines of X against a large matrix Y, which is
/// op(B) where C has few rows and op(A) where it has few columns. Seen so, both are the same:
/// out(s, l) = sum over k of x(s, k)·y(l, k), s in [0, lines), l in [0, length).
///
/// Y lies in memory along l (then: outer products of a column of X with a row of Y) or along k
/// (inner products of rows). Either way it is read once, by pieces of rows.
template <class Kernels, class T>
class SkinnyGemm {
 public:
  explicit SkinnyGemm(const GemmProblem& p)
      : p_(p),
        y_is_b_(p.m <= p.n),
        along_k_(y_is_b_ ? p.trans_b : !p.trans_a),
        lines_(std::min(p.m, p.n)),
        length_(std::max(p.m, p.n)),
        plan_(batch_plan(
            p.batch, omp_get_max_threads(),
            static_cast<double>(length_) * static_cast<double>(p.k) / kElementsOfAThread)) {
    const std::int64_t step = along_k_ ? kInnerRows : kStrip;
    const std::int64_t least = along_k_ ? kInnerRows : kLeastWidth;
    const std::int64_t most = along_k_ ? kMostRows : kMostWidth;
    width_ = quotient_up(std::clamp(length_ / 4 / plan_.team, least, most), step) * step;
    units_ = quotient_up(length_, width_);
    parts_ = std::clamp<std::int64_t>(p.k / kLeastDepth, 1, quotient_up(plan_.team, units_));
    sums_row_ = units_ * width_;
    for (int i = 0; i < plan_.workspaces(); ++i) {
      workspaces_.push_back({AlignedArray<T>(static_cast<std::size_t>(along_k_ ? lines_ * p.k : 0)),
                             AlignedArray<T>(static_cast<std::size_t>(parts_ * lines_ * sums_row_) +
                                             kPage / sizeof(T))});
    }
  }

  void run(Tensors tensors) {
    for_each_matrix(plan_, counter_, [&](std::int64_t batch, Team team, int workspace) {
      const Lines<T> a{tensors[0].as<T>() + batch * p_.m * p_.k, p_.m, p_.trans_a ? 1 : p_.k,
                       p_.trans_a ? p_.m : 1};
      const Lines<T> b{tensors[1].as<T>() + batch * p_.k * p_.n, p_.n, p_.trans_b ? p_.k : 1,
                       p_.trans_b ? 1 : p_.n};
      multiply(y_is_b_ ? a : b, y_is_b_ ? b : a, tensors[2].as<T>() + batch * p_.m * p_.n, team,
               workspaces_[static_cast<std::size_t>(workspace)]);
    });
  }

 private:
  static constexpr double kElementsOfAThread = 1 << 16;  // of Y; some 15 microseconds
  static constexpr std::int64_t kStrip = 2 * Kernels::lanes;
  // Of outer products: l of a unit, and rows of Y that are read beside each other.
  static constexpr std::int64_t kLeastWidth = 256, kMostWidth = 1024, kOuterDepth = 8;
  // Of inner products: l of a unit, and elements of rows of Y that X's lines take turns with.
  static constexpr std::int64_t kMostRows = 16 * kInnerRows, kInnerDepth = 512;
  static constexpr std::int64_t kLeastDepth = 256;  // of a part of K
  static constexpr std::size_t kPage = 4096;

  struct Workspace {
    AlignedArray<T> x;     // for inner products where X does not lie along k: (lines, K)
    AlignedArray<T> sums;  // (parts, lines, sums_row), and a page
  };

  void multiply(Lines<T> x, const Lines<T>& y, T* c, Team team, const Workspace& work) const {
    if (along_k_ && x.k_stride != 1) {
      team.share(quotient_up(p_.k, kInnerDepth), [&](std::int64_t i) {
        for (std::int64_t k = i * kInnerDepth; k < std::min(p_.k, (i + 1) * kInnerDepth); ++k) {
          for (std::int64_t s = 0; s < lines_; ++s) {
            work.x.data()[s * p_.k + k] = x.data[s * x.line_stride + k * x.k_stride];
          }
        }
      });
      x = {work.x.data(), lines_, p_.k, 1};
    }
    T* const sums = sums_beside(y.data, work);
    const auto unit = [&](std::int64_t index) {
      return Range{index * width_, std::min(index * width_ + width_, length_)};
    };
    team.share(parts_ * units_, [&](std::int64_t index) {
      const Range k = part(p_.k, parts_, index / units_), l = unit(index % units_);
      T* const part_sums = sums + index / units_ * lines_ * sums_row_;
      if (along_k_) {
        inner_products(x, y, k, l, part_sums);
      } else {
        outer_products(x, y, k, l, part_sums);
      }
      if (parts_ == 1) write(l, sums, c);
    });
    if (parts_ > 1) {
      team.share(units_, [&](std::int64_t index) { write(unit(index), sums, c); });
    }
  }

  /// Half a page away from Y's rows, which are often a number of pages apart: a load that agrees
  /// with a store before it in the last twelve bits of the address waits for it (for M = 16 a third
  /// of the time).
  static T* sums_beside(const T* y, const Workspace& work) {
    const std::uintptr_t ahead = reinterpret_cast<std::uintptr_t>(y) + kPage / 2 -
                                 reinterpret_cast<std::uintptr_t>(work.sums.data());
    return work.sums.data() + ahead % kPage / 64 * 64 / sizeof(T);
  }

  void outer_products(const Lines<T>& x, const Lines<T>& y, Range k, Range l, T* sums) const {
    static constexpr auto kernels = []<int... S>(std::integer_sequence<int, S...>) {
      return std::array{&Kernels::template outer<S + 1>...};
    }(std::make_integer_sequence<int, Kernels::outer_lines>());
    const std::int64_t whole = (l.last - l.first) / kStrip * kStrip,
                       rest = l.last - l.first - whole;
    const std::int64_t blocks = quotient_up(lines_, Kernels::outer_lines);
    for (std::int64_t s = 0; s < lines_; ++s) {
      std::fill_n(sums + s * sums_row_ + l.first, rest > 0 ? whole + kStrip : whole, T{0});
    }
    alignas(64) T edge[kOuterDepth * kStrip] = {};  // Y's columns beyond the last whole strip
    for (std::int64_t k0 = k.first; k0 < k.last; k0 += kOuterDepth) {
      const std::int64_t depth = std::min(kOuterDepth, k.last - k0);
      const T* rows = y.data + k0 * y.k_stride + l.first;
      for (std::int64_t i = 0; rest > 0 && i < depth; ++i) {
        std::copy_n(rows + i * y.k_stride + whole, rest, edge + i * kStrip);
      }
      for (std::int64_t block = 0; block < blocks; ++block) {
        const Range s = part(lines_, blocks, block);
        const std::int64_t count = s.last - s.first;
        T columns[kOuterDepth * Kernels::outer_lines];  // of X: (depth, count)
        for (std::int64_t i = 0; i < depth * count; ++i) {
          columns[i] =
              x.data[(s.first + i % count) * x.line_stride + (k0 + i / count) * x.k_stride];
        }
        const auto kernel = kernels[static_cast<std::size_t>(count - 1)];
        T* block_sums = sums + s.first * sums_row_ + l.first;
        kernel(whole, depth, {columns, rows, y.k_stride, block_sums, sums_row_});
        if (rest > 0) kernel(kStrip, depth, {columns, edge, kStrip, block_sums + whole, sums_row_});
      }
    }
  }

  void inner_products(const Lines<T>& x, const Lines<T>& y, Range k, Range l, T* sums) const {
    constexpr std::int64_t lanes = Kernels::lanes;
    static constexpr auto kernels = []<int... S>(std::integer_sequence<int, S...>) {
      return std::array{&Kernels::template inner<S + 1>...};
    }(std::make_integer_sequence<int, Kernels::inner_lines>());
    const std::int64_t whole = k.first + (k.last - k.first) / lanes * lanes;
    alignas(64) T lane_sums[kInnerRows * kMostLines * lanes];
    for (std::int64_t l0 = l.first; l0 < l.last; l0 += kInnerRows) {
      const auto row = [&](std::int64_t r) {  // the last one again beyond the edge
        return y.data + std::min(l0 + r, l.last - 1) * y.line_stride;
      };
      std::fill_n(lane_sums, kInnerRows * lines_ * lanes, T{0});
      for (std::int64_t k0 = k.first; k0 < whole; k0 += kInnerDepth) {
        InnerRows<T> in{{}, nullptr, x.line_stride, nullptr, lines_ * lanes};
        for (int r = 0; r < kInnerRows; ++r) in.y[static_cast<std::size_t>(r)] = row(r) + k0;
        for (std::int64_t s = 0; s < lines_; s += Kernels::inner_lines) {
          in.x = x.data + s * x.line_stride + k0;
          in.sums = lane_sums + s * lanes;
          const std::int64_t count = std::min<std::int64_t>(Kernels::inner_lines, lines_ - s);
          kernels[static_cast<std::size_t>(count - 1)](std::min(kInnerDepth, whole - k0), in);
        }
      }
      for (std::int64_t r = 0; r < std::min<std::int64_t>(kInnerRows, l.last - l0); ++r) {
        for (std::int64_t s = 0; s < lines_; ++s) {
          T sum = 0;
          for (int lane = 0; lane < lanes; ++lane)
            sum += lane_sums[(r * lines_ + s) * lanes + lane];
          for (std::int64_t i = whole; i < k.last; ++i) {
            sum += row(r)[i] * x.data[s * x.line_stride + i];
          }
          sums[s * sums_row_ + l0 + r] = sum;
        }
      }
    }
  }

  /// c = alpha·(the parts' sums) + beta·c.
  void write(Range l, const T* sums, T* c) const {
    const T alpha = static_cast<T>(p_.alpha), beta = static_cast<T>(p_.beta);
    for (std::int64_t s = 0; s < lines_; ++s) {
      for (std::int64_t i = l.first; i < l.last; ++i) {
        T sum = 0;
        for (std::int64_t part = 0; part < parts_; ++part) {
          sum += sums[(part * lines_ + s) * sums_row_ + i];
        }
        T& out = y_is_b_ ? c[s * p_.n + i] : c[i * p_.n + s];
        out = beta == 0 ? alpha * sum : alpha * sum + beta * out;
      }
    }
  }

  GemmProblem p_;
  bool y_is_b_, along_k_;
  std::int64_t lines_, length_;
  BatchPlan plan_;
  std::int64_t width_, units_;  // l that one thread does at a time
  std::int64_t parts_;          // of K, where there are fewer units than threads
  std::int64_t sums_row_;       // elements
  std::vector<Workspace> workspaces_;
  WorkCounter counter_;
};

}  // namespace breakeven::cpu_gemm
