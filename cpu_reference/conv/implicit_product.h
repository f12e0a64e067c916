#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/conv/blocking.h"
#include "cpu_reference/conv/epilogue.h"
#include "cpu_reference/conv/item_grid.h"
#include "cpu_reference/conv/pixels.h"
#include "cpu_reference/conv/roles.h"
#include "cpu_reference/gemm/register_tile.h"

namespace breakeven::cpu_conv {

/// fprop and dgrad as a product of filters and gathered pixels that is never written down: a block
/// of channels of some pixels is gathered into panels that stay in the second-level cache, then
/// filters are packed panel by panel and multiplied with all of them by the GEMM's register tile.
/// With channels first a result's row is a channel, with channels last a pixel, since rows are what
/// is contiguous in memory: pixels are the tile's columns or its rows. The epilogue, of fprop only,
/// follows the last block of channels of each panel, which is in the cache then.
template <class Tile, ChannelOrder order, template <class> class Epilogue = NoEpilogue>
class ImplicitProduct {
 public:
  using T = typename Tile::PackedA;
  using Finish = Epilogue<T>;

  explicit ImplicitProduct(const ConvProblem& p)
      : gathers_(gathers(p)), roles_(p), n_(p.n), threads_(omp_get_max_threads()) {
    std::int64_t most_taps = 1;
    for (const Gather& gather : gathers_) most_taps = std::max(most_taps, gather.taps());
    const Blocking blocking(p, Tile::rows * sizeof(T), most_taps, roles_.ins, threads_);
    block_ = blocking.channels;
    const std::int64_t depth = block_ * most_taps;
    const std::int64_t most_panels = std::max<std::int64_t>(
        blocking.chunk_bytes / (depth * kPixels * std::int64_t{sizeof(T)}), 1);
    for (const Gather& gather : gathers_) {
      add_items(gather, p.groups, most_panels);
      add_taps(gather);
    }
    for (int i = 0; i < threads_; ++i)
      workspaces_.emplace_back(most_panels, depth, most_taps, roles_.ins);
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
  static constexpr int kPixels = kLast ? Tile::rows : Tile::columns;   // of a panel
  static constexpr int kFilters = kLast ? Tile::columns : Tile::rows;  // likewise

  /// What one thread does at a time: panels of filters by panels of pixels.
  struct Item {
    std::size_t gather;
    std::int64_t group;
    cpu_gemm::Range filters, pixels;
  };

  /// Of one thread.
  struct Workspace {
    Workspace(std::int64_t most_panels, std::int64_t depth, std::int64_t most_taps,
              std::int64_t channels)
        : pixels(static_cast<std::size_t>(most_panels * depth * kPixels)),
          filters(static_cast<std::size_t>(depth * kFilters)),
          zeros(static_cast<std::size_t>(channels)) {
      of_panels.assign(static_cast<std::size_t>(most_panels), Pixels(kPixels, most_taps));
      std::fill_n(zeros.data(), channels, T{0});
    }
    std::size_t bytes() const {
      std::size_t all = pixels.bytes() + filters.bytes() + zeros.bytes();
      for (const Pixels& of_panel : of_panels) all += of_panel.bytes();
      return all;
    }
    AlignedArray<T> pixels;   // (panels, depth, kPixels)
    AlignedArray<T> filters;  // (depth, kFilters)
    AlignedArray<T> zeros;
    std::vector<Pixels> of_panels;
  };

  void add_items(const Gather& gather, std::int64_t groups, std::int64_t most_panels) {
    const std::int64_t filters = cpu_gemm::quotient_up(roles_.outs, kFilters);
    const std::int64_t pixels = cpu_gemm::quotient_up(n_ * gather.places(), kPixels);
    const cpu_gemm::TileGrid grid =
        item_grid({filters, kFilters, filters}, {pixels, kPixels, most_panels},
                  groups * static_cast<std::int64_t>(gathers_.size()), threads_);
    const auto index = static_cast<std::size_t>(&gather - gathers_.data());
    for (std::int64_t group = 0; group < groups; ++group) {
      for (std::int64_t tile = 0; tile < grid.tiles(); ++tile) {
        items_.push_back({index, group, grid.rows(tile), grid.columns(tile)});
      }
    }
  }

  /// Where the filter's elements of each combination of taps are.
  void add_taps(const Gather& gather) {
    auto& offsets = tap_offsets_.emplace_back();
    for (const Tap& d : gather.axes[0].taps) {
      for (const Tap& h : gather.axes[1].taps) {
        for (const Tap& w : gather.axes[2].taps) {
          offsets.push_back(roles_.filter_offset(d.filter, h.filter, w.filter));
        }
      }
    }
  }

  void compute(const Item& item, Tensors tensors, Workspace& work) const {
    const Gather& gather = gathers_[item.gather];
    const T* source = tensors[0].as<T>() + item.group * roles_.ins * roles_.source.channel;
    T* result =
        tensors[Finish::result].template as<T>() + item.group * roles_.outs * roles_.result.channel;
    const std::int64_t pixels = n_ * gather.places();
    const auto of_panel = [&](std::int64_t panel) -> Pixels& {
      return work.of_panels[static_cast<std::size_t>(panel - item.pixels.first)];
    };
    for (std::int64_t panel = item.pixels.first; panel < item.pixels.last; ++panel) {
      of_panel(panel).move_to(gather, roles_.source, roles_.result, panel * kPixels,
                              std::min(pixels, (panel + 1) * kPixels));
    }
    for (std::int64_t begin = 0; begin < roles_.ins; begin += block_) {
      const std::int64_t end = std::min(begin + block_, roles_.ins),
                         depth = (end - begin) * gather.taps();
      const auto packed = [&](std::int64_t panel) {
        return work.pixels.data() + (panel - item.pixels.first) * depth * kPixels;
      };
      if constexpr (kLast) {
        for (std::int64_t panel = item.pixels.first; panel < item.pixels.last; ++panel) {
          pack_by_tap<kPixels>(of_panel(panel), source, begin, end, work.zeros.data(),
                               packed(panel));
        }
      } else {
        // A channel of some panels at a time, which are neighbours in memory.
        constexpr std::int64_t some = 4;
        for (std::int64_t first = item.pixels.first; first < item.pixels.last; first += some) {
          for (std::int64_t channel = begin; channel < end; ++channel) {
            for (std::int64_t panel = first; panel < std::min(first + some, item.pixels.last);
                 ++panel) {
              pack_channel<kPixels>(of_panel(panel), source + channel * roles_.source.channel,
                                    packed(panel) + (channel - begin) * gather.taps() * kPixels);
            }
          }
        }
      }
      for (std::int64_t filter = item.filters.first; filter < item.filters.last; ++filter) {
        pack_filters(tensors[1].as<T>() + item.group * roles_.group_stride, item.gather,
                     filter * kFilters, begin, end, work.filters.data());
        for (std::int64_t panel = item.pixels.first; panel < item.pixels.last; ++panel) {
          multiply(gather, of_panel(panel), filter, depth, packed(panel), work.filters.data(),
                   begin == 0 ? T{0} : T{1}, result);
          if constexpr (Finish::changes) {
            if (end == roles_.ins)
              finish(Finish(tensors), of_panel(panel), item.group, filter, result);
          }
        }
      }
    }
  }

  /// A panel of filters from `first` on, in the order of the pixels' channels and taps.
  void pack_filters(const T* w, std::size_t gather, std::int64_t first, std::int64_t begin,
                    std::int64_t end, T* to) const {
    const std::vector<std::int64_t>& taps = tap_offsets_[gather];
    const std::int64_t lines = std::min<std::int64_t>(kFilters, roles_.outs - first);
    const T* from = w + first * roles_.out_stride + begin * roles_.in_stride;
    const std::int64_t channels = end - begin, count = static_cast<std::int64_t>(taps.size());
    if (lines < kFilters) std::fill_n(to, channels * count * kFilters, T{0});
    // The depth is (tap, channel) with channels last, (channel, tap) with channels first; filters
    // are so in memory, too, but those of a gradient.
    if (kLast) {
      for (std::int64_t tap = 0; tap < count; ++tap, to += channels * kFilters) {
        pack_lines(from + taps[static_cast<std::size_t>(tap)], lines, channels, roles_.in_stride,
                   to);
      }
    } else if (roles_.in_stride == count) {
      pack_lines(from, lines, channels * count, 1, to);
    } else {
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        for (const std::int64_t tap : taps) {
          pack_lines(from + channel * roles_.in_stride + tap, lines, 1, 1, to);
          to += kFilters;
        }
      }
    }
  }

  /// So many lines, `depth` elements of each, to (depth, kFilters): a cache line of each at a time,
  /// since neighbouring lines may be so far apart that they push each other out of the cache.
  void pack_lines(const T* from, std::int64_t lines, std::int64_t depth, std::int64_t step,
                  T* to) const {
    constexpr std::int64_t piece = 64 / sizeof(T);
    const auto pack = [&](std::int64_t count, std::int64_t line_stride, std::int64_t along) {
      for (std::int64_t k = 0; k < depth; k += piece) {
        const std::int64_t end = std::min(k + piece, depth);
        for (std::int64_t line = 0; line < count; ++line) {
          for (std::int64_t i = k; i < end; ++i) {
            to[i * kFilters + line] = from[line * line_stride + i * along];
          }
        }
      }
    };
    // The same with what is known at compile time said.
    if (roles_.out_stride == 1) {
      for (std::int64_t k = 0; k < depth; ++k) {
        std::memcpy(to + k * kFilters, from + k * step,
                    static_cast<std::size_t>(lines) * sizeof(T));
      }
    } else if (lines == kFilters && step == 1) {
      pack(kFilters, roles_.out_stride, 1);
    } else {
      pack(lines, roles_.out_stride, step);
    }
  }

  /// Adds one panel's product to the result: straight to it where all of it lies there as the tile
  /// has it.
  void multiply(const Gather& gather, const Pixels& pixels, std::int64_t filter, std::int64_t depth,
                const T* packed, const T* filters, T beta, T* result) const {
    const auto product = [&](const cpu_gemm::TileOutput<T>& out) {
      if constexpr (kLast) {
        Tile::multiply(depth, packed, filters, out);
      } else {
        Tile::multiply(depth, filters, packed, out);
      }
    };
    const std::int64_t channel = filter * kFilters;
    const std::int64_t channels = std::min<std::int64_t>(kFilters, roles_.outs - channel);
    const std::int64_t distance = gather.axes[2].distance * roles_.result.axis[2];
    if (channels == kFilters && pixels.runs()[0].length == kPixels && (kLast || distance == 1)) {
      T* c = result + pixels.runs()[0].at + channel * roles_.result.channel;
      product({c, kLast ? distance : roles_.result.channel, 1, beta});
      return;
    }
    alignas(64) T sums[Tile::rows * Tile::columns];
    product({sums, Tile::columns, 1, 0});
    constexpr std::int64_t pixel_step = kLast ? Tile::columns : 1;
    constexpr std::int64_t channel_step = kLast ? 1 : Tile::columns;
    for (const Run& run : pixels.runs()) {
      const std::int64_t at = run.at + channel * roles_.result.channel;
      for (std::int64_t i = 0; i < channels; ++i) {
        const T* from = sums + run.first * pixel_step + i * channel_step;
        add(from, pixel_step, result + at + i * roles_.result.channel, distance, run.length, beta);
      }
    }
  }

  /// Applies the epilogue to what one panel of pixels and one of filters gave.
  void finish(const Finish& epilogue, const Pixels& pixels, std::int64_t group, std::int64_t filter,
              T* result) const {
    const std::int64_t first = filter * kFilters, before = group * roles_.outs;
    const std::int64_t last = std::min<std::int64_t>(first + kFilters, roles_.outs);
    for (const Run& run : pixels.runs()) {
      // Along what lies side by side in memory.
      if constexpr (kLast) {
        for (std::int64_t i = 0; i < run.length; ++i) {
          T* pixel = result + run.at + i * roles_.result.axis[2];
          for (std::int64_t k = first; k < last; ++k) pixel[k] = epilogue(pixel[k], before + k);
        }
      } else {
        for (std::int64_t k = first; k < last; ++k) {
          T* line = result + run.at + k * roles_.result.channel;
          epilogue(line, run.length, before + k);
        }
      }
    }
  }

  static void add(const T* from, std::int64_t from_step, T* to, std::int64_t to_step,
                  std::int64_t count, T beta) {
    const auto each = [&](std::int64_t step) {
      for (std::int64_t i = 0; i < count; ++i) {
        T& sum = to[i * step];
        sum = from[i * from_step] + (beta == 0 ? T{0} : sum);
      }
    };
    to_step == 1 ? each(1) : each(to_step);  // the same with what is known at compile time said
  }

  std::vector<Gather> gathers_;
  std::vector<std::vector<std::int64_t>> tap_offsets_;  // of each gather
  ConvRoles roles_;
  std::int64_t n_;
  int threads_;
  std::int64_t block_;  // channels at a time
  std::vector<Item> items_;
  std::vector<Workspace> workspaces_;
};

}  // namespace breakeven::cpu_conv
