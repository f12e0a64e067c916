#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/conv/blocking.h"
#include "cpu_reference/conv/item_grid.h"
#include "cpu_reference/conv/pixels.h"
#include "cpu_reference/gemm/register_tile.h"

namespace breakeven::cpu_conv {

/// wgrad as a product of dy (rows: its channels) and gathered x (columns: filter elements in the
/// order of memory) over all pixels, a block of them at a time, that is never written down.
template <class Tile, ChannelOrder order>
class ImplicitWgrad {
 public:
  using T = typename Tile::PackedA;

  explicit ImplicitWgrad(const ConvProblem& p)
      : gather_(gathers(p.in(Direction::fprop))[0]),
        x_(x_strides(p)),
        dy_(y_strides(p)),
        filter_stride_(w_strides(p).outer),
        pixels_(p.n * gather_.places()),
        group_c_(p.group_c()),
        group_k_(p.group_k()),
        taps_(gather_.taps()),
        threads_(omp_get_max_threads()) {
    const Blocking blocking(p, Tile::rows * sizeof(T), 1, pixels_, threads_);
    block_ = blocking.channels;  // of what is summed over: pixels
    const std::int64_t rows = cpu_gemm::quotient_up(group_k_, Tile::rows);
    const std::int64_t columns = cpu_gemm::quotient_up(group_c_ * taps_, Tile::columns);
    const std::int64_t most_panels = std::max<std::int64_t>(
        blocking.chunk_bytes / (block_ * Tile::columns * std::int64_t{sizeof(T)}), 1);
    const cpu_gemm::TileGrid grid = item_grid(
        {rows, Tile::rows, rows}, {columns, Tile::columns, most_panels}, p.groups, threads_);
    for (std::int64_t group = 0; group < p.groups; ++group) {
      for (std::int64_t tile = 0; tile < grid.tiles(); ++tile) {
        items_.push_back({group, grid.rows(tile), grid.columns(tile)});
      }
    }
    for (int i = 0; i < threads_; ++i) workspaces_.emplace_back(most_panels, block_, taps_);
  }

  std::size_t workspace_bytes() const {
    std::size_t bytes = 0;
    for (const Workspace& workspace : workspaces_) bytes += workspace.bytes();
    return bytes;
  }

  void run(Tensors tensors) {
#pragma omp parallel for num_threads(threads_) schedule(dynamic)
    for (std::size_t i = 0; i < items_.size(); ++i) {
      compute(items_[i], tensors, workspaces_[static_cast<std::size_t>(omp_get_thread_num())]);
    }
  }

 private:
  static constexpr bool kLast = order == ChannelOrder::last;

  struct Item {
    std::int64_t group;
    cpu_gemm::Range rows, columns;
  };

  /// Of one thread.
  struct Workspace {
    Workspace(std::int64_t most_panels, std::int64_t depth, std::int64_t taps)
        : x(static_cast<std::size_t>(most_panels * depth * Tile::columns)),
          dy(static_cast<std::size_t>(depth * Tile::rows)),
          pixels(depth, taps) {}
    std::size_t bytes() const { return x.bytes() + dy.bytes() + pixels.bytes(); }
    AlignedArray<T> x;   // (panels, depth, Tile::columns)
    AlignedArray<T> dy;  // (depth, Tile::rows)
    Pixels pixels;
  };

  void compute(const Item& item, Tensors tensors, Workspace& work) const {
    const T* x = tensors[0].as<T>() + item.group * group_c_ * x_.channel;
    const T* dy = tensors[1].as<T>() + item.group * group_k_ * dy_.channel;
    T* dw = tensors[2].as<T>() + item.group * group_k_ * filter_stride_;
    for (std::int64_t begin = 0; begin < pixels_; begin += block_) {
      const std::int64_t end = std::min(begin + block_, pixels_), depth = end - begin;
      work.pixels.move_to(gather_, x_, dy_, begin, end);
      const auto packed = [&](std::int64_t panel) {
        return work.x.data() + (panel - item.columns.first) * depth * Tile::columns;
      };
      for (std::int64_t panel = item.columns.first; panel < item.columns.last; ++panel) {
        pack_x(work.pixels, x, panel * Tile::columns, packed(panel));
      }
      for (std::int64_t row = item.rows.first; row < item.rows.last; ++row) {
        pack_dy(dy, row * Tile::rows, begin, end, work.dy.data());
        for (std::int64_t panel = item.columns.first; panel < item.columns.last; ++panel) {
          multiply(row, panel, depth, work.dy.data(), packed(panel), begin == 0 ? T{0} : T{1}, dw);
        }
      }
    }
  }

  /// Channels from `first` on of dy at pixels [begin, end), as (pixel, Tile::rows).
  void pack_dy(const T* dy, std::int64_t first, std::int64_t begin, std::int64_t end, T* to) const {
    const std::int64_t rows = std::min<std::int64_t>(Tile::rows, group_k_ - first);
    if (rows < Tile::rows) std::fill_n(to, (end - begin) * Tile::rows, T{0});
    const std::int64_t places = gather_.places();
    for (std::int64_t pixel = begin; pixel < end;) {
      const std::int64_t count = std::min(places - pixel % places, end - pixel);  // of an image
      const T* from =
          dy + pixel / places * dy_.outer + pixel % places * dy_.axis[2] + first * dy_.channel;
      const auto copy = [&](std::int64_t lines, std::int64_t channel, std::int64_t step) {
        for (std::int64_t i = 0; i < count; ++i, to += Tile::rows) {
          for (std::int64_t row = 0; row < lines; ++row) to[row] = from[row * channel + i * step];
        }
      };
      // The same with what is known at compile time said.
      if (rows == Tile::rows && kLast) {
        copy(Tile::rows, 1, dy_.axis[2]);
      } else if (rows == Tile::rows) {
        copy(Tile::rows, dy_.channel, 1);
      } else {
        copy(rows, dy_.channel, dy_.axis[2]);
      }
      pixel += count;
    }
  }

  /// Filter elements from `first` on: the x that each meets at those pixels, as (pixel,
  /// Tile::columns).
  void pack_x(const Pixels& pixels, const T* x, std::int64_t first, T* to) const {
    const std::int64_t columns = std::min<std::int64_t>(Tile::columns, group_c_ * taps_ - first);
    if (columns < Tile::columns) std::fill_n(to, pixels.pixels() * Tile::columns, T{0});
    // Columns that have their tap in common lie side by side, channels last: as one piece.
    for (std::int64_t column = 0, piece; column < columns; column += piece) {
      const std::int64_t element = first + column;
      const std::int64_t tap = kLast ? element / group_c_ : element % taps_;
      const std::int64_t channel = kLast ? element % group_c_ : element / taps_;
      piece = kLast ? std::min(group_c_ - channel, columns - column) : 1;
      const T* source = x + channel * x_.channel;
      const std::int64_t* offsets = pixels.offsets(tap);
      const std::int32_t* masks = pixels.masks(tap);
      T* target = to + column;
      for (std::int64_t i = 0; i < pixels.pixels(); ++i, target += Tile::columns) {
        if constexpr (kLast) {
          for (std::int64_t c = 0; c < piece; ++c) {
            target[c] = masked(source[offsets[i] + c], masks[i]);
          }
        } else {
          *target = masked(source[offsets[i]], masks[i]);
        }
      }
    }
  }

  /// Adds the block's product to a tile of dw.
  void multiply(std::int64_t row, std::int64_t panel, std::int64_t depth, const T* dy, const T* x,
                T beta, T* dw) const {
    const std::int64_t k = row * Tile::rows, element = panel * Tile::columns;
    const std::int64_t rows = std::min<std::int64_t>(Tile::rows, group_k_ - k);
    const std::int64_t columns = std::min<std::int64_t>(Tile::columns, group_c_ * taps_ - element);
    T* c = dw + k * filter_stride_ + element;
    if (rows == Tile::rows && columns == Tile::columns) {
      Tile::multiply(depth, dy, x, {c, filter_stride_, 1, beta});
      return;
    }
    alignas(64) T sums[Tile::rows * Tile::columns];
    Tile::multiply(depth, dy, x, {sums, Tile::columns, 1, 0});
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        T& to = c[i * filter_stride_ + j];
        to = sums[i * Tile::columns + j] + (beta == 0 ? T{0} : to);
      }
    }
  }

  Gather gather_;
  ConvStrides x_, dy_;
  std::int64_t filter_stride_;
  std::int64_t pixels_, group_c_, group_k_, taps_;
  int threads_;
  std::int64_t block_;  // pixels at a time
  std::vector<Item> items_;
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
