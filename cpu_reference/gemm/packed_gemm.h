#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/gemm/batch_plan.h"
#include "cpu_reference/gemm/panels.h"
#include "cpu_reference/gemm/register_tile.h"
#include "cpu_reference/gemm/team.h"
#include "cpu_reference/gemm/tile_grid.h"
#include "operations/gemm/problem.h"

namespace breakeven::cpu_gemm {

/// A GEMM by the innermost kernel `Tile`, as a sum over slabs of K: a slab of op(A) and a slab of
/// op(B) are packed into panels by all threads, then C's tiles are updated by all threads. Slabs
/// are deep, since the threads wait for each other after each; within one, K is done in blocks.
///
/// What is where (Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008;
/// Van Zee & van de Geijn, "BLIS", 2015; with A and B exchanged, since rows are contiguous here):
/// the sums in registers; a block of one panel of A in the first-level cache, for a whole row of a
/// tile; a block of a tile's columns of B in the second-level cache, for all of the tile; both
/// slabs wherever they fit.
template <class Tile>
class PackedGemm {
 public:
  using A = typename Tile::A;
  using B = typename Tile::B;
  using T = typename Tile::Sum;

  explicit PackedGemm(const GemmProblem& problem)
      : p_(problem),
        plan_(batch_plan(problem.batch, omp_get_max_threads(),
                         static_cast<double>(problem.m) * static_cast<double>(problem.n) *
                             static_cast<double>(problem.k) / kMultiplyAddsOfAThread)) {
    constexpr std::int64_t step = std::max(Tile::a_group, Tile::b_group);
    const Caches cache = caches();
    const std::int64_t most_depth = std::max<std::int64_t>(
        static_cast<std::int64_t>(cache.l1 * 2 / 3 / sizeof(A)) / Tile::rows / 32 * 32, 128);
    const std::int64_t blocks = quotient_up(p_.k, most_depth);
    depth_ = quotient_up(quotient_up(p_.k, blocks), step) * step;
    const std::int64_t row_panels = quotient_up(p_.m, Tile::rows);
    const std::int64_t column_panels = quotient_up(p_.n, Tile::columns);
    a_block_ = row_panels * Tile::rows * depth_;
    b_block_ = column_panels * Tile::columns * depth_;
    const auto block_bytes = static_cast<std::int64_t>(a_block_ * sizeof(A) + b_block_ * sizeof(B));
    slab_blocks_ = std::clamp<std::int64_t>(kSlabBytes / block_bytes, 1, blocks);
    const std::int64_t most_columns = std::max<std::int64_t>(
        static_cast<std::int64_t>(cache.l2 / 2 / sizeof(B)) / depth_ / Tile::columns, 1);
    const auto grid = [&](int threads) {
      return tile_grid(row_panels, column_panels, Tile::rows, Tile::columns, 24, most_columns,
                       threads);
    };
    alone_grid_ = grid(1);
    team_grid_ = grid(plan_.team);
    for (int i = 0; i < plan_.workspaces(); ++i) {
      workspaces_.push_back(
          {AlignedArray<A>(slab_blocks_ * a_block_), AlignedArray<B>(slab_blocks_ * b_block_)});
    }
  }

  void run(Tensors tensors) {
    for_each_matrix(plan_, counter_, [&](std::int64_t batch, Team team, int workspace) {
      multiply(tensors, batch, team.alone() ? alone_grid_ : team_grid_, team,
               workspaces_[static_cast<std::size_t>(workspace)]);
    });
  }

 private:
  static constexpr double kMultiplyAddsOfAThread = 1 << 20;  // some 10 microseconds
  /// A slab of both operands fits into this, if one block does.
  static constexpr std::int64_t kSlabBytes = 16 << 20;

  struct Workspace {
    AlignedArray<A> a;  // one slab of op(A): (blocks, row panels, depth, Tile::rows)
    AlignedArray<B> b;  // one slab of op(B): (blocks, column panels, depth, Tile::columns)
  };

  /// One matrix, by one member of a team.
  void multiply(Tensors tensors, std::int64_t batch, const TileGrid& grid, Team team,
                const Workspace& slab) const {
    const Lines<T> a{tensors[0].as<T>() + batch * p_.m * p_.k, p_.m, p_.trans_a ? 1 : p_.k,
                     p_.trans_a ? p_.m : 1};
    const Lines<T> b{tensors[1].as<T>() + batch * p_.k * p_.n, p_.n, p_.trans_b ? p_.k : 1,
                     p_.trans_b ? 1 : p_.n};
    T* c = tensors[2].as<T>() + batch * p_.m * p_.n;
    const std::int64_t slab_depth = slab_blocks_ * depth_;
    for (std::int64_t begin = 0; begin < p_.k; begin += slab_depth) {
      const std::int64_t end = std::min(begin + slab_depth, p_.k);
      const std::int64_t blocks = quotient_up(end - begin, depth_);
      const auto block_begin = [&](std::int64_t block) { return begin + block * depth_; };
      const auto block_end = [&](std::int64_t block) {
        return std::min(end, block_begin(block + 1));
      };
      team.share(blocks * (grid.row_panels + grid.column_panels), [&](std::int64_t index) {
        const std::int64_t block = index % blocks, panel = index / blocks;
        if (panel < grid.row_panels) {
          pack_panel<Tile::rows, Tile::a_group>(a, panel * Tile::rows, block_begin(block),
                                                block_end(block), a_panel(slab, block, panel));
        } else {
          const std::int64_t column = panel - grid.row_panels;
          pack_panel<Tile::columns, Tile::b_group>(b, column * Tile::columns, block_begin(block),
                                                   block_end(block), b_panel(slab, block, column));
        }
      });
      team.share(grid.tiles(), [&](std::int64_t tile) {
        for (std::int64_t block = 0; block < blocks; ++block) {
          const bool first = begin == 0 && block == 0;
          update(grid.rows(tile), grid.columns(tile), slab, block,
                 block_end(block) - block_begin(block), first ? static_cast<T>(p_.beta) : T{1}, c);
        }
      });
    }
  }

  /// One tile of C: c = alpha·(the block's share of the sums) + beta·c.
  void update(Range rows, Range columns, const Workspace& slab, std::int64_t block,
              std::int64_t depth, T beta, T* c) const {
    for (std::int64_t i = rows.first; i < rows.last; ++i) {
      for (std::int64_t j = columns.first; j < columns.last; ++j) {
        const A* a = a_panel(slab, block, i);
        const B* b = b_panel(slab, block, j);
        const std::int64_t row = i * Tile::rows, column = j * Tile::columns;
        const TileOutput<T> out{c + row * p_.n + column, p_.n, static_cast<T>(p_.alpha), beta};
        const std::int64_t row_count = std::min<std::int64_t>(Tile::rows, p_.m - row);
        const std::int64_t column_count = std::min<std::int64_t>(Tile::columns, p_.n - column);
        if (row_count == Tile::rows && column_count == Tile::columns) {
          Tile::multiply(depth, a, b, out);
        } else {
          alignas(64) T sums[Tile::rows * Tile::columns];
          Tile::multiply(depth, a, b, {sums, Tile::columns, 1, 0});
          merge(sums, row_count, column_count, out);
        }
      }
    }
  }

  /// What a kernel does with its sums, for a tile that reaches over C's edge.
  static void merge(const T* sums, std::int64_t rows, std::int64_t columns,
                    const TileOutput<T>& out) {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        T& c = out.c[i * out.ldc + j];
        const T product = out.alpha * sums[i * Tile::columns + j];
        c = out.beta == 0 ? product : product + out.beta * c;
      }
    }
  }

  A* a_panel(const Workspace& slab, std::int64_t block, std::int64_t panel) const {
    return slab.a.data() + block * a_block_ + panel * Tile::rows * depth_;
  }
  B* b_panel(const Workspace& slab, std::int64_t block, std::int64_t panel) const {
    return slab.b.data() + block * b_block_ + panel * Tile::columns * depth_;
  }

  GemmProblem p_;
  BatchPlan plan_;
  std::int64_t depth_;              // of a block; the last may be shorter
  std::int64_t slab_blocks_;        // blocks of a slab
  std::int64_t a_block_, b_block_;  // elements of a block's panels
  TileGrid alone_grid_, team_grid_;
  std::vector<Workspace> workspaces_;
  WorkCounter counter_;
};

}  // namespace breakeven::cpu_gemm
