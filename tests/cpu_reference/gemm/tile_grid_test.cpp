#include "cpu_reference/gemm/tile_grid.h"

#include <gtest/gtest.h>

#include <vector>

namespace breakeven::cpu_gemm {
namespace {

constexpr int kPanelRows = 14, kPanelColumns = 32;

TileGrid grid_of(std::int64_t row_panels, std::int64_t column_panels, int threads) {
  return tile_grid(row_panels, column_panels, kPanelRows, kPanelColumns, 24, 10, threads);
}

TEST(Part, HoldsEachElementOnceInPartsOfEqualLength) {
  for (const std::int64_t count : {1, 7, 64}) {
    for (const std::int64_t parts : {1, 2, 3, 7, 100}) {
      std::int64_t next = 0;
      for (std::int64_t i = 0; i < parts; ++i) {
        const Range range = part(count, parts, i);
        EXPECT_EQ(range.first, next);
        EXPECT_GE(range.last - range.first, count / parts);
        EXPECT_LE(range.last - range.first, quotient_up(count, parts));
        next = range.last;
      }
      EXPECT_EQ(next, count);
    }
  }
}

TEST(TileGrid, CoversEachPanelOnceForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3, 5, 7, 12, 33, 64, 127}) {
    for (const auto& [rows, columns] :
         {std::pair{1, 1}, std::pair{1, 200}, std::pair{200, 1}, std::pair{74, 32}, std::pair{5, 9},
          std::pair{25, 11}, std::pair{600, 3}}) {
      const TileGrid grid = grid_of(rows, columns, threads);
      std::vector<int> visits(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
      for (std::int64_t tile = 0; tile < grid.tiles(); ++tile) {
        const Range i = grid.rows(tile), j = grid.columns(tile);
        EXPECT_LE(i.last - i.first, 24);
        EXPECT_LE(j.last - j.first, 10);
        EXPECT_LE((i.last - i.first) * (j.last - j.first), grid.largest_tile());
        for (std::int64_t row = i.first; row < i.last; ++row) {
          for (std::int64_t column = j.first; column < j.last; ++column) {
            ++visits[static_cast<std::size_t>(row * columns + column)];
          }
        }
      }
      for (const int visit : visits)
        ASSERT_EQ(visit, 1) << rows << " " << columns << " " << threads;
    }
  }
}

// Odd numbers of threads and shapes that are all height or all width, each with panels to spare.
TEST(TileGrid, KeepsThreadsBusy) {
  for (const int threads : {1, 2, 3, 5, 7, 11, 13, 24, 31, 64}) {
    for (const auto& [rows, columns] :
         {std::pair{147, 64}, std::pair{2000, 2}, std::pair{3, 2000}, std::pair{74, 32}}) {
      EXPECT_GE(grid_of(rows, columns, threads).balance(threads), 0.9)
          << rows << " " << columns << " " << threads;
    }
  }
}

TEST(TileGrid, LeavesTilesLargeWhereThatIsBalanced) {
  EXPECT_EQ(grid_of(24, 10, 1).tiles(), 1);
  EXPECT_EQ(grid_of(48, 10, 2).tiles(), 2);
}

}  // namespace
}  // namespace breakeven::cpu_gemm
