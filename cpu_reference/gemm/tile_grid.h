#pragma once

#include <algorithm>
#include <cstdint>

namespace breakeven::cpu_gemm {

/// How many parts of that size it takes.
constexpr std::int64_t quotient_up(std::int64_t count, std::int64_t size) {
  return (count + size - 1) / size;
}

/// A range [first, last) of panels.
struct Range {
  std::int64_t first, last;
};

/// Part `index` of `parts` of [0, count): lengths differ by at most one, and together the parts
/// hold each element once.
inline Range part(std::int64_t count, std::int64_t parts, std::int64_t index) {
  return {count * index / parts, count * (index + 1) / parts};
}

/// C as a grid of tiles that threads take one after the other. Extents are counted in panels, the
/// rows and columns that the innermost kernel does at once.
struct TileGrid {
  std::int64_t row_panels, column_panels;  // extents of C
  std::int64_t down, across;               // number of tiles

  std::int64_t tiles() const { return down * across; }
  Range rows(std::int64_t tile) const { return part(row_panels, down, tile / across); }
  Range columns(std::int64_t tile) const { return part(column_panels, across, tile % across); }

  /// Panels squared of the largest tile: what the last thread may still be busy with.
  std::int64_t largest_tile() const {
    return quotient_up(row_panels, down) * quotient_up(column_panels, across);
  }

  /// Share of the threads' time that is work where each takes equally many of the largest tiles.
  double balance(int threads) const {
    const std::int64_t each = quotient_up(tiles(), threads);
    return static_cast<double>(row_panels * column_panels) /
           static_cast<double>(threads * each * largest_tile());
  }
};

/// The fewest tiles, none above `most_rows` × `most_columns` panels, that keep the threads busy for
/// at least 95 % of the time; if none do, the grid that comes closest. A tile's longer side is
/// cut first (`panel_rows` × `panel_columns` elements a panel): squarer tiles read less.
inline TileGrid tile_grid(std::int64_t row_panels, std::int64_t column_panels, int panel_rows,
                          int panel_columns, std::int64_t most_rows, std::int64_t most_columns,
                          int threads) {
  TileGrid grid{row_panels, column_panels, quotient_up(row_panels, most_rows),
                quotient_up(column_panels, most_columns)};
  TileGrid best = grid;
  while (best.balance(threads) < 0.95) {
    const double height = static_cast<double>(row_panels * panel_rows) / grid.down;
    const double width = static_cast<double>(column_panels * panel_columns) / grid.across;
    const bool can_cut_rows = grid.down < row_panels, can_cut_columns = grid.across < column_panels;
    if (can_cut_rows && (height >= width || !can_cut_columns)) {
      ++grid.down;
    } else if (can_cut_columns) {
      ++grid.across;
    } else {
      break;  // one panel each: no finer grid
    }
    if (grid.balance(threads) > best.balance(threads)) best = grid;
  }
  return best;
}

}  // namespace breakeven::cpu_gemm
