#pragma once

#include <algorithm>
#include <cstdint>

namespace breakeven {

/// Four rows of four floats become their columns.
inline void transpose_4x4(const float* from, std::int64_t from_row, float* to,
                          std::int64_t to_row) {
  using Vector [[gnu::vector_size(16), gnu::aligned(4), gnu::may_alias]] = float;
  const auto at = [&](int row) { return *reinterpret_cast<const Vector*>(from + row * from_row); };
  const Vector low01 = __builtin_shufflevector(at(0), at(1), 0, 4, 1, 5),
               high01 = __builtin_shufflevector(at(0), at(1), 2, 6, 3, 7),
               low23 = __builtin_shufflevector(at(2), at(3), 0, 4, 1, 5),
               high23 = __builtin_shufflevector(at(2), at(3), 2, 6, 3, 7);
  const Vector columns[] = {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
                            __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                            __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
                            __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
  for (int i = 0; i < 4; ++i) *reinterpret_cast<Vector*>(to + i * to_row) = columns[i];
}

/// to(i, row) = from(row, i): rows and columns change places.
inline void transpose(const float* from, std::int64_t from_row, std::int64_t rows,
                      std::int64_t columns, float* to, std::int64_t to_row) {
  constexpr std::int64_t line = 16;  // floats of a cache line
  const std::int64_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
  const auto tile = [&](std::int64_t row, std::int64_t i) {
    transpose_4x4(from + row * from_row + i, from_row, to + i * to_row + row, to_row);
  };
  for (std::int64_t first_row = 0; first_row < whole_rows; first_row += line) {
    const std::int64_t last_row = std::min(first_row + line, whole_rows);
    for (std::int64_t first = 0; first < whole_columns; first += line) {
      const std::int64_t last = std::min(first + line, whole_columns);
      // Where rows lie further apart, whole cache lines are done with at once: there, distances
      // that are powers of two leave room for few of them.
      if (from_row > to_row) {
        for (std::int64_t row = first_row; row < last_row; row += 4) {
          for (std::int64_t i = first; i < last; i += 4) tile(row, i);
        }
      } else {
        for (std::int64_t i = first; i < last; i += 4) {
          for (std::int64_t row = first_row; row < last_row; row += 4) tile(row, i);
        }
      }
    }
  }
  const auto one_by_one = [&](std::int64_t row, std::int64_t begin) {
    for (std::int64_t i = begin; i < columns; ++i) to[i * to_row + row] = from[row * from_row + i];
  };
  for (std::int64_t row = 0; row < whole_rows; ++row) one_by_one(row, whole_columns);
  for (std::int64_t row = whole_rows; row < rows; ++row) one_by_one(row, 0);
}

}  // namespace breakeven
