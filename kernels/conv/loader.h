#pragma once

#include <cstdint>
#include <limits>

#include "kernels/common/async_copy.h"
#include "kernels/conv/arguments.h"
#include "kernels/gemm/operand.h"

namespace breakeven::cuda_conv {

/// Where something is to be read from. What is not `valid`, because it is padding or beyond the
/// end, is zero, and `from` only some address.
template <class T>
struct Source {
  const T* from;
  bool valid;
};

/// A term of a group's sums.
struct Term {
  int outer;
  Point point;
  bool inside;

  /// The one of that index, if it is below `end`.
  __device__ Term(const Sums& sums, int index, int end) : inside(index < end) {
    const Counted at = sums.term_index.at(inside ? index : 0);
    outer = at.outer;
    point = sums.term_index.point(at.point);
  }
};

/// What is known of the rows of a block's tile whatever the term, in shared memory: in registers,
/// there would be no room for it beside the sums.
template <class T, int BX>
struct RowPlaces {
  const T* from[BX];        // their image of the gathered tensor
  int begin[3][BX];         // GatherAxis::begin along D, H, W
  std::int64_t result[BX];  // where they begin in the result; -1 for rows that are none

  /// Of the rows from that one of the group on, a thread for each; all threads wait for a barrier
  /// after it.
  __device__ void find(const Arguments<T>& g, int group, std::int64_t first_row) {
    const int x = static_cast<int>(threadIdx.x);
    if (x >= BX) return;
    const bool inside = first_row + x < g.rows;
    const Counted at = g.row_index.at(inside ? static_cast<int>(first_row) + x : 0);
    const Point point = g.row_index.point(at.point);
    from[x] = g.gathered_data + (group * g.gathered.group + at.outer * g.gathered.row);
#pragma unroll
    for (int axis = 0; axis < 3; ++axis) {
      begin[axis][x] = inside ? g.axes[axis].begin(point.axis[axis]) : nowhere;
    }
    result[x] = inside ? g.row_offset(group, at.outer, point) : -1;
  }

 private:
  /// From where every term falls on padding, since no axis is as long (limits.h).
  static constexpr int nowhere = std::numeric_limits<int>::min() / 2;
};

/// A thread's share of tiles of the gathered operand, BX rows by BK terms: of each tile `count`
/// pieces of `piece` neighbours, along terms (`along_k`) or along rows.
template <class T, int BX, int BK, int threads, bool along_k, int piece = 1>
class GatheredShare {
  using Share = cuda_gemm::TileShare<T, BX, BK, threads, along_k, piece>;
  static_assert(along_k || piece == 1, "only neighbouring channels are gathered together");

 public:
  static constexpr int count = Share::count;
  static __device__ int x(int i) { return Share::x(i); }
  static __device__ int k(int i) { return Share::k(i); }

  __device__ explicit GatheredShare(const RowPlaces<T, BX>& rows) : rows_(rows) {}

  /// Piece `i` of a tile, whose first term is that.
  __device__ Source<T> at(const Arguments<T>& g, int i, const Term& term) const {
    const int row = x(i);
    const int d = g.axes[0].meet(rows_.begin[0][row], term.point.axis[0]);
    const int h = g.axes[1].meet(rows_.begin[1][row], term.point.axis[1]);
    const int w = g.axes[2].meet(rows_.begin[2][row], term.point.axis[2]);
    // Whether one is negative, in one comparison.
    if (!term.inside || (d | h | w) < 0) return {g.gathered_data, false};
    return {rows_.from[row] +
                (term.outer * g.gathered.term +
                 (d * g.gathered.axis[0] + h * g.gathered.axis[1] + w * g.gathered.axis[2])),
            true};
  }

 private:
  const RowPlaces<T, BX>& rows_;
};

/// The same of the plain operand, BX columns by BK terms.
template <class T, int BX, int BK, int threads, bool along_k, int piece = 1>
class PlainShare {
  using Share = cuda_gemm::TileShare<T, BX, BK, threads, along_k, piece>;

 public:
  static constexpr int count = Share::count;
  static __device__ int x(int i) { return Share::x(i); }
  static __device__ int k(int i) { return Share::k(i); }

  /// Of tiles whose first column is that one of the group.
  __device__ PlainShare(const Arguments<T>& g, int group, std::int64_t first_column)
      : from_(g.plain_data +
              (g.plain.first + group * g.plain.group + (first_column + x(0)) * g.plain.column)),
        left_(g.columns - static_cast<int>(first_column) - x(0)) {}

  __device__ Source<T> at(const Arguments<T>& g, int i, const Term& term) const {
    const int beyond = x(i) - x(0);  // 0 where a thread has one column only
    if (beyond >= left_ || !term.inside) return {g.plain_data, false};
    return {from_ + (beyond * g.plain.column + term.outer * g.plain.term +
                     (term.point.axis[0] * g.plain.axis[0] + term.point.axis[1] * g.plain.axis[1] +
                      term.point.axis[2] * g.plain.axis[2])),
            true};
  }

 private:
  const T* from_;  // of the first column that the thread has
  int left_;       // columns from there on
};

/// Brings a share of tiles into shared memory (cuda_gemm::SharedTile), element by element by way of
/// registers.
template <class T, class Share>
class ElementLoader {
 public:
  __device__ explicit ElementLoader(const Share& share) : share_(share) {}

  /// The tile whose first term is that, from global memory; terms from `end` on are none.
  __device__ void load(const Arguments<T>& g, int first_term, int end) {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      const Source<T> source = share_.at(g, i, Term(g, first_term + Share::k(i), end));
      held_[i] = source.valid ? *source.from : T{0};
    }
  }

  /// What was loaded, to shared memory.
  template <class Tile>
  __device__ void store(Tile& tile) const {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) tile.element[Share::k(i)][Share::x(i)] = held_[i];
  }

 private:
  Share share_;
  T held_[Share::count];
};

/// Brings a share of tiles into shared memory (cuda_gemm::ChunkTile) by cp.async, 16 bytes at a
/// time: neighbouring channels of one point.
template <class T, class Share>
class ChunkLoader {
 public:
  __device__ explicit ChunkLoader(const Share& share) : share_(share) {}

  /// Starts copying the tile whose first term is that; terms from `end` on are none.
  template <class Tile>
  __device__ void start(Tile& tile, const Arguments<T>& g, int first_term, int end) const {
#pragma unroll
    for (int i = 0; i < Share::count; ++i) {
      const Source<T> source = share_.at(g, i, Term(g, first_term + Share::k(i), end));
      copy_async<16>(tile.chunk(Share::x(i), Share::k(i)), source.from, source.valid);
    }
  }

 private:
  Share share_;
};

}  // namespace breakeven::cuda_conv
