#pragma once

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/conv/epilogue.h"
#include "cpu_reference/conv/item_grid.h"
#include "cpu_reference/conv/roles.h"
#include "cpu_reference/conv/winograd_kernels.h"
#include "cpu_reference/conv/winograd_tiles.h"
#include "cpu_reference/gemm/register_tile.h"
#include "operations/conv/winograd.h"

namespace breakeven::cpu_conv {

inline Support winograd_supports(const ConvProblem& p) {
  if (Support dtype = only(p, {Dtype::f32}); !dtype) return dtype;
  if (!has_winograd(p)) {
    return Support::no(
        "computes fprop and dgrad in 2D of 3x3 filters without stride, dilation and groups only");
  }
  if (winograd_channels(p) > kMostWinogradChannels) {
    return Support::no("is not exact on integers with more than 65536 channels");
  }
  return Support::yes();
}

/// F(2×2, 3×3) as sixteen products, one for each point of a transformed tile, of filters (rows) and
/// tiles (columns) by the GEMM's register tile. All filters are transformed first; then a thread
/// takes panels of tiles and transforms a block of channels of them, which stays in the
/// second-level cache while it is multiplied with panels of filters. The epilogue comes after the
/// transform back.
template <class Tile, class Kernels, template <class> class Epilogue = NoEpilogue>
class WinogradProduct {
 public:
  using T = float;
  using Finish = Epilogue<T>;

  explicit WinogradProduct(const ConvProblem& p)
      : roles_(p),
        tiles_(p),
        threads_(omp_get_max_threads()),
        blocks_(cpu_gemm::quotient_up(roles_.ins, kChannels)),
        filter_panels_(cpu_gemm::quotient_up(roles_.outs, Tile::rows)),
        filters_(static_cast<std::size_t>(filter_panels_ * Tile::rows * kPoints * roles_.ins)) {
    const auto fit = [](std::int64_t bytes, std::int64_t elements) {
      return std::max<std::int64_t>(bytes / elements / std::int64_t{sizeof(float)}, 1);
    };
    const std::int64_t depth = cpu_gemm::quotient_up(roles_.ins, blocks_);
    const std::int64_t image_panel = kPoints * image_point(depth);
    const std::int64_t most_panels =
        std::min(fit(static_cast<std::int64_t>(caches().l2 / 4), image_panel), tiles_.panels());
    const std::int64_t most_filters =
        blocks_ == 1 ? filter_panels_
                     : std::min(fit(kSumBytes, most_panels * kSums), filter_panels_);
    grid_ = item_grid({filter_panels_, Tile::rows, most_filters},
                      {tiles_.panels(), Tile::columns, most_panels}, 1, threads_);
    const std::int64_t sum_panels = blocks_ == 1 ? 1 : most_filters * most_panels;
    for (int i = 0; i < threads_; ++i)
      workspaces_.emplace_back(most_panels * image_panel, sum_panels);
  }

  std::size_t workspace_bytes() const {
    std::size_t bytes = filters_.bytes();
    for (const Workspace& work : workspaces_) {
      bytes += work.images.bytes() + work.sums.bytes() + work.lines.bytes();
    }
    return bytes;
  }

  void run(Tensors tensors) {
#pragma omp parallel num_threads(threads_)
    {
      Workspace& work = workspaces_[static_cast<std::size_t>(omp_get_thread_num())];
#pragma omp for schedule(dynamic)
      for (std::int64_t i = 0; i < filter_panels_ * blocks_; ++i) {
        transform_filters(tensors[1].as<float>(), i / blocks_, i % blocks_);
      }
#pragma omp for schedule(dynamic)
      for (std::int64_t tile = 0; tile < grid_.tiles(); ++tile) {
        compute(grid_.rows(tile), grid_.columns(tile), tensors, work);
      }
    }
  }

 private:
  using Tiles = WinogradTiles<Tile::columns>;
  static constexpr std::int64_t kPoints = 16;
  static constexpr std::int64_t kChannels = 64;  // of a block, at most
  static constexpr std::int64_t kAtOnce = 8;     // channels whose lines are copied side by side
  static constexpr std::int64_t kSums = kPoints * Tile::rows * Tile::columns;
  static constexpr std::int64_t kSumBytes = 4 << 20;  // kept by a thread from block to block

  /// Of one thread.
  struct Workspace {
    Workspace(std::int64_t image_elements, std::int64_t sum_panels)
        : images(static_cast<std::size_t>(image_elements)),
          sums(static_cast<std::size_t>(sum_panels * kSums)),
          lines(static_cast<std::size_t>(kAtOnce * Tiles::kLines)) {
      std::fill_n(images.data(), image_elements, 0.0F);
      std::fill_n(lines.data(), kAtOnce * Tiles::kLines, 0.0F);
    }
    AlignedArray<float> images;  // (panels, points, channels of a block, Tile::columns), see below
    AlignedArray<float> sums;    // (panels of filters, of tiles, points, Tile::rows, Tile::columns)
    AlignedArray<float> lines;   // (kAtOnce, Tiles::kLines)
  };

  cpu_gemm::Range channels(std::int64_t block) const {
    return cpu_gemm::part(roles_.ins, blocks_, block);
  }
  float* filter_panel(std::int64_t panel, std::int64_t block) const {
    return filters_.data() + (panel * roles_.ins + channels(block).first) * kPoints * Tile::rows;
  }

  /// Elements of so many channels of a panel of tiles, for one point: the last vector of a line may
  /// end in the next, that of the last line beyond all. Nor are points a power of two apart, which
  /// would put all of a tile's into the same set of the cache.
  static constexpr std::int64_t image_point(std::int64_t depth) {
    return depth * Tile::columns + Tiles::kLanes;
  }

  void transform_filters(const float* w, std::int64_t panel, std::int64_t block) const {
    const std::int64_t first = panel * Tile::rows;
    const std::int64_t count = std::min<std::int64_t>(Tile::rows, roles_.outs - first);
    const auto [begin, end] = channels(block);
    float* to = filter_panel(panel, block);
    alignas(64) float g[9 * Tile::rows] = {};  // beyond the last filter zeros
    for (std::int64_t in = begin; in < end; ++in, to += Tile::rows) {
      for (std::size_t tap = 0; tap < 9; ++tap) {
        const float* from = w + first * roles_.out_stride + in * roles_.in_stride +
                            tiles_.filter_offset(tap / 3, tap % 3);
        for (std::int64_t i = 0; i < count; ++i) {
          g[tap * Tile::rows + i] = from[i * roles_.out_stride];
        }
      }
      Kernels::filters(Tile::rows, g, to, (end - begin) * Tile::rows);
    }
  }

  void compute(cpu_gemm::Range filters, cpu_gemm::Range panels, Tensors tensors,
               const Workspace& work) const {
    const std::int64_t across = panels.last - panels.first;
    for (std::int64_t block = 0; block < blocks_; ++block) {
      const std::int64_t depth = channels(block).last - channels(block).first;
      const auto image = [&](std::int64_t panel) {
        return work.images.data() + (panel - panels.first) * kPoints * image_point(depth);
      };
      for (std::int64_t panel = panels.first; panel < panels.last; ++panel) {
        transform_tiles(tensors[0].as<float>(), panel, block, work.lines.data(), image(panel));
      }
      for (std::int64_t filter = filters.first; filter < filters.last; ++filter) {
        for (std::int64_t panel = panels.first; panel < panels.last; ++panel) {
          const std::int64_t index = (filter - filters.first) * across + panel - panels.first;
          float* sums = work.sums.data() + (blocks_ == 1 ? 0 : index * kSums);
          for (std::int64_t point = 0; point < kPoints; ++point) {
            Tile::multiply(depth, filter_panel(filter, block) + point * depth * Tile::rows,
                           image(panel) + point * image_point(depth),
                           {sums + point * Tile::rows * Tile::columns, Tile::columns, 1,
                            block == 0 ? 0.0F : 1.0F});
          }
          if (block == blocks_ - 1) write(sums, filter, panel, tensors);
        }
      }
    }
  }

  void transform_tiles(const float* x, std::int64_t panel, std::int64_t block, float* lines,
                       float* to) const {
    const auto [begin, end] = channels(block);
    const std::int64_t point = image_point(end - begin);
    for (std::int64_t first = begin; first < end; first += kAtOnce) {
      const std::int64_t count = std::min(kAtOnce, end - first);
      for (const auto& segment : tiles_.segments(panel)) {
        tiles_.copy_lines(x, segment, first, count, lines);
      }
      // In the order of memory: what a vector leaves beyond its segment is written over.
      for (std::int64_t i = 0; i < count; ++i, to += Tile::columns) {
        for (const auto& segment : tiles_.segments(panel)) {
          Kernels::image(cpu_gemm::quotient_up(segment.count, Tiles::kLanes) * Tiles::kLanes,
                         lines + i * Tiles::kLines + segment.line, Tiles::kLine,
                         to + segment.column, point);
        }
      }
    }
  }

  void write(const float* sums, std::int64_t filter, std::int64_t panel, Tensors tensors) const {
    const std::int64_t first = filter * Tile::rows;
    const std::int64_t count = std::min<std::int64_t>(Tile::rows, roles_.outs - first);
    alignas(64) float y[4 * Tile::columns];
    for (std::int64_t row = 0; row < count; ++row) {
      Kernels::sums(Tile::columns, sums + row * Tile::columns, Tile::rows * Tile::columns, y);
      if constexpr (Finish::changes) {
        Finish{tensors}(y, 4 * Tile::columns, first + row);
      }
      tiles_.write(y, panel, first + row, tensors[Finish::result].template as<T>());
    }
  }

  ConvRoles roles_;
  Tiles tiles_;
  int threads_;
  std::int64_t blocks_;  // of channels
  std::int64_t filter_panels_;
  cpu_gemm::TileGrid grid_ = {};
  AlignedArray<float> filters_;  // (panels, blocks, points, channels of a block, Tile::rows)
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
