#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu_reference/gemm/tile_grid.h"

namespace breakeven::cpu_conv {

/// A grid of items that threads take one after the other, each of which packs what it multiplies
/// for itself. The one that takes the least time where packing an element takes as long as 24
/// multiply-adds: fine enough to keep all threads busy, and no finer. `products`: how many of them
/// there are side by side (groups); an item has at most `most_columns` panels of columns.
inline cpu_gemm::TileGrid item_grid(std::int64_t rows, int panel_rows, std::int64_t columns,
                                    int panel_columns, std::int64_t most_columns,
                                    std::int64_t products, int threads) {
  constexpr double packing = 24;
  const std::int64_t fewest = cpu_gemm::quotient_up(columns, most_columns), more = 2 * threads;
  cpu_gemm::TileGrid best{};
  double least = 0;
  for (std::int64_t across = fewest; across <= std::min(columns, fewest + more); ++across) {
    for (std::int64_t down = 1; down <= std::min<std::int64_t>(rows, more); ++down) {
      const cpu_gemm::TileGrid grid{rows, columns, down, across};
      const auto height = static_cast<double>(cpu_gemm::quotient_up(rows, down) * panel_rows);
      const auto width =
          static_cast<double>(cpu_gemm::quotient_up(columns, across) * panel_columns);
      const double time =
          (height * width + packing * (height + width)) *
          static_cast<double>(cpu_gemm::quotient_up(products * grid.tiles(), threads));
      if (least == 0 || time < least) {
        best = grid;
        least = time;
      }
    }
  }
  return best;
}

}  // namespace breakeven::cpu_conv
