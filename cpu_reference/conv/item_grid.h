#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu_reference/gemm/tile_grid.h"

namespace breakeven::cpu_conv {

/// One side of a product: so many panels of so many lines, of which an item has at most `most`.
struct Side {
  std::int64_t panels;
  int lines;
  std::int64_t most;

  std::int64_t fewest_parts() const { return cpu_gemm::quotient_up(panels, most); }
  double lines_of_part(std::int64_t parts) const {
    return static_cast<double>(cpu_gemm::quotient_up(panels, parts) * lines);
  }
};

/// A grid of items that threads take one after the other, each of which packs what it multiplies
/// for itself. The one that takes the least time where packing an element takes as long as 24
/// multiply-adds: fine enough to keep all threads busy, and no finer. `products`: how many of them
/// there are side by side (groups).
inline cpu_gemm::TileGrid item_grid(const Side& rows, const Side& columns, std::int64_t products,
                                    int threads) {
  constexpr double packing = 24;
  const auto most_parts = [&](const Side& side) {
    return std::min(side.panels, side.fewest_parts() + std::int64_t{2} * threads);
  };
  cpu_gemm::TileGrid best{};
  double least = 0;
  for (std::int64_t across = columns.fewest_parts(); across <= most_parts(columns); ++across) {
    for (std::int64_t down = rows.fewest_parts(); down <= most_parts(rows); ++down) {
      const cpu_gemm::TileGrid grid{rows.panels, columns.panels, down, across};
      const double height = rows.lines_of_part(down), width = columns.lines_of_part(across);
      const auto turns = cpu_gemm::quotient_up(products * grid.tiles(), threads);
      const double time =
          (height * width + packing * (height + width)) * static_cast<double>(turns);
      if (least == 0 || time < least) {
        best = grid;
        least = time;
      }
    }
  }
  return best;
}

}  // namespace breakeven::cpu_conv
