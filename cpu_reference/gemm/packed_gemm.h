#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/gemm/batch_plan.h"
#include "cpu_reference/gemm/panels.h"
#include "cpu_reference/gemm/register_tile.h"
#include "cpu_reference/gemm/team.h"
#include "cpu_reference/gemm/tile_grid.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

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
  using A = typename Tile::Types::A;
  using B = typename Tile::Types::B;
  using C = typename Tile::Types::C;
  using Sum = typename Tile::Types::Sum;
  using PackedA = typename Tile::PackedA;
  using PackedB = typename Tile::PackedB;

  /// A slab of both operands fits into `slab_bytes`, if one block does.
  static constexpr std::int64_t kSlabBytes = 16 << 20;

  explicit PackedGemm(const GemmProblem& problem, std::int64_t slab_bytes = kSlabBytes)
      : p_(problem),
        plan_(batch_plan(problem.batch, omp_get_max_threads(),
                         static_cast<double>(problem.m) * static_cast<double>(problem.n) *
                             static_cast<double>(problem.k) / kMultiplyAddsOfAThread)) {
    const Caches cache = caches();
    const std::int64_t blocks = quotient_up(p_.k, most_depth(cache));
    depth_ = quotient_up(quotient_up(p_.k, blocks), kStep) * kStep;
    const std::int64_t row_panels = quotient_up(p_.m, Tile::rows);
    const std::int64_t column_panels = quotient_up(p_.n, Tile::columns);
    a_block_ = row_panels * Tile::rows * depth_;
    b_block_ = column_panels * Tile::columns * depth_;
    const auto block_bytes =
        static_cast<std::int64_t>(a_block_ * sizeof(PackedA) + b_block_ * sizeof(PackedB));
    slab_blocks_ = std::clamp<std::int64_t>(slab_bytes / block_bytes, 1, blocks);
    const std::int64_t most_columns = std::max<std::int64_t>(
        static_cast<std::int64_t>(cache.l2 / 2 / sizeof(PackedB)) / depth_ / Tile::columns, 1);
    const auto grid = [&](int threads) {
      return tile_grid(row_panels, column_panels, Tile::rows, Tile::columns, 24, most_columns,
                       threads);
    };
    alone_grid_ = grid(1);
    team_grid_ = grid(plan_.team);
    const std::int64_t sums = kSumsInC || blocks == 1 ? 0 : p_.m * p_.n;
    for (int i = 0; i < plan_.workspaces(); ++i) {
      workspaces_.push_back({AlignedArray<PackedA>(slab_blocks_ * a_block_),
                             AlignedArray<PackedB>(slab_blocks_ * b_block_),
                             AlignedArray<Sum>(sums)});
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
  /// Packed depths are a multiple of both groups.
  static constexpr std::int64_t kStep = std::max(Tile::a_group, Tile::b_group);
  /// Sums over several blocks are kept in C where it has their type.
  static constexpr bool kSumsInC = std::is_same_v<C, Sum>;

  struct Workspace {
    AlignedArray<PackedA> a;  // one slab of op(A): (blocks, row panels, depth, Tile::rows)
    AlignedArray<PackedB> b;  // one slab of op(B): (blocks, column panels, depth, Tile::columns)
    AlignedArray<Sum> sums;   // (M, N), where they are neither kept in C nor done in one block
  };

  /// Of a block: a panel of A takes two thirds of the first-level cache; where sums of several
  /// blocks cost more, a panel of A and one of B take a quarter of the second-level cache.
  static std::int64_t most_depth(const Caches& cache) {
    const auto bytes = static_cast<std::int64_t>(kSumsInC ? cache.l1 * 2 / 3 : cache.l2 / 4);
    const auto bytes_each = static_cast<std::int64_t>(
        Tile::rows * sizeof(PackedA) + (kSumsInC ? 0 : Tile::columns * sizeof(PackedB)));
    return std::max<std::int64_t>(bytes / bytes_each / 32 * 32, 128);
  }

  /// A block of K, packed.
  struct Block {
    std::int64_t index;       // in the slab
    std::int64_t begin, end;  // of k

    std::int64_t depth() const { return quotient_up(end - begin, kStep) * kStep; }
  };

  /// One matrix, by one member of a team.
  void multiply(Tensors tensors, std::int64_t batch, const TileGrid& grid, Team team,
                const Workspace& work) const {
    const Lines<A> a{tensors[0].as<A>() + batch * p_.m * p_.k, p_.m, p_.trans_a ? 1 : p_.k,
                     p_.trans_a ? p_.m : 1};
    const Lines<B> b{tensors[1].as<B>() + batch * p_.k * p_.n, p_.n, p_.trans_b ? p_.k : 1,
                     p_.trans_b ? 1 : p_.n};
    C* c = tensors[2].as<C>() + batch * p_.m * p_.n;
    const std::int64_t slab_depth = slab_blocks_ * depth_;
    for (std::int64_t begin = 0; begin < p_.k; begin += slab_depth) {
      const std::int64_t end = std::min(begin + slab_depth, p_.k);
      const std::int64_t blocks = quotient_up(end - begin, depth_);
      const auto block = [&](std::int64_t i) {
        return Block{i, begin + i * depth_, std::min(end, begin + (i + 1) * depth_)};
      };
      team.share(blocks * (grid.row_panels + grid.column_panels),
                 [&](std::int64_t i) { pack(a, b, i / blocks, block(i % blocks), work); });
      team.share(grid.tiles(), [&](std::int64_t tile) {
        for (std::int64_t i = 0; i < blocks; ++i) {
          update(grid.rows(tile), grid.columns(tile), block(i), work, c);
        }
      });
    }
  }

  /// One panel of a block; A's are counted first.
  void pack(const Lines<A>& a, const Lines<B>& b, std::int64_t panel, const Block& block,
            const Workspace& work) const {
    const std::int64_t row_panels = quotient_up(p_.m, Tile::rows);
    if (panel < row_panels) {
      pack_panel<Tile::rows, Tile::a_group>(a, panel * Tile::rows, block.begin, block.end,
                                            block.depth(), a_panel(work, block, panel));
    } else {
      panel -= row_panels;
      pack_panel<Tile::columns, Tile::b_group>(b, panel * Tile::columns, block.begin, block.end,
                                               block.depth(), b_panel(work, block, panel));
    }
  }

  /// One tile of C: adds the block's share of the sums.
  void update(Range rows, Range columns, const Block& block, const Workspace& work, C* c) const {
    for (std::int64_t i = rows.first; i < rows.last; ++i) {
      for (std::int64_t j = columns.first; j < columns.last; ++j) {
        const auto multiply = [&](const TileOutput<Sum>& out) {
          Tile::multiply(block.depth(), a_panel(work, block, i), b_panel(work, block, j), out);
        };
        const std::int64_t row = i * Tile::rows, column = j * Tile::columns;
        const std::int64_t row_count = std::min<std::int64_t>(Tile::rows, p_.m - row);
        const std::int64_t column_count = std::min<std::int64_t>(Tile::columns, p_.n - column);
        const bool whole = row_count == Tile::rows && column_count == Tile::columns;
        const bool first = block.begin == 0, last = block.end == p_.k;
        const Sum alpha = static_cast<Sum>(p_.alpha), beta = static_cast<Sum>(p_.beta);
        const std::int64_t offset = row * p_.n + column;
        alignas(64) Sum sums[Tile::rows * Tile::columns];
        if constexpr (kSumsInC) {
          const TileOutput<Sum> out{c + offset, p_.n, alpha, first ? beta : Sum{1}};
          if (whole) {
            multiply(out);
          } else {
            multiply({sums, Tile::columns, 1, 0});
            merge(sums, row_count, column_count, out);
          }
        } else {
          multiply({sums, Tile::columns, 1, 0});
          Sum* const earlier = work.sums.data() + offset;
          if (!last) {
            merge(sums, row_count, column_count, {earlier, p_.n, 1, first ? Sum{0} : Sum{1}});
          } else {
            Tile::finish(sums, first ? nullptr : earlier, row_count, column_count,
                         {c + offset, p_.n, alpha, beta});
          }
        }
      }
    }
  }

  /// What a kernel does with its sums, for a part of them.
  static void merge(const Sum* sums, std::int64_t rows, std::int64_t columns,
                    const TileOutput<Sum>& out) {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        Sum& c = out.c[i * out.ldc + j];
        const Sum product = out.alpha * sums[i * Tile::columns + j];
        c = out.beta == 0 ? product : product + out.beta * c;
      }
    }
  }

  PackedA* a_panel(const Workspace& work, const Block& block, std::int64_t panel) const {
    return work.a.data() + block.index * a_block_ + panel * Tile::rows * depth_;
  }
  PackedB* b_panel(const Workspace& work, const Block& block, std::int64_t panel) const {
    return work.b.data() + block.index * b_block_ + panel * Tile::columns * depth_;
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

/// What `prepare` of an implementation returns.
template <class Tile>
CpuCall prepare_packed(const GemmProblem& problem) {
  const auto product = std::make_shared<PackedGemm<Tile>>(problem);
  return {[product](Tensors tensors) { product->run(tensors); }};
}

}  // namespace breakeven::cpu_gemm
