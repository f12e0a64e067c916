#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace breakeven::cpu_gemm {

/// op(A), or op(B) turned on its side: element (line, k) is data[line * line_stride + k *
/// k_stride]. Lines are rows of A or columns of B; one of the strides is 1.
template <class T>
struct Lines {
  const T* data;
  std::int64_t lines;
  std::int64_t line_stride;
  std::int64_t k_stride;
};

/// An element as a kernel takes it. To an unsigned byte, 128 is added: VNNI multiplies unsigned by
/// signed bytes.
template <class To, class From>
To packed(From element) {
  if constexpr (std::is_same_v<From, std::int8_t> && std::is_same_v<To, std::uint8_t>) {
    return static_cast<To>(element + 128);
  } else {
    static_assert(std::is_same_v<From, To>);
    return element;
  }
}

/// Copies `width` lines from `first` on, k from `begin` to `end`, to one panel of that depth:
/// groups of `group` elements along K, (depth / group, width, group), so that a kernel reads it
/// from front to back. Lines beyond the last, and k beyond `end`, become zeros: kernels know no
/// ragged edges.
template <int width, int group, class To, class From>
void pack_panel(const Lines<From>& from, std::int64_t first, std::int64_t begin, std::int64_t end,
                std::int64_t depth, To* to) {
  const std::int64_t lines = std::min<std::int64_t>(width, from.lines - first);
  const From* source = from.data + first * from.line_stride + begin * from.k_stride;
  if (lines < width || end - begin < depth) {
    std::fill_n(to, depth * width, packed<To>(From{}));
  }
  const auto copy = [&](std::int64_t line_count, std::int64_t line_stride, std::int64_t k_stride) {
    const std::int64_t whole = (end - begin) / group;
    for (std::int64_t i = 0; i < whole; ++i) {
      To* groups = to + i * width * group;
      const From* column = source + i * group * k_stride;
      for (std::int64_t line = 0; line < line_count; ++line) {
        for (int k = 0; k < group; ++k) {
          groups[line * group + k] = packed<To>(column[line * line_stride + k * k_stride]);
        }
      }
    }
    for (std::int64_t k = whole * group; k < end - begin; ++k) {
      To* row = to + whole * width * group + k % group;
      for (std::int64_t line = 0; line < line_count; ++line) {
        row[line * group] = packed<To>(source[line * line_stride + k * k_stride]);
      }
    }
  };
  // The same loops with what is known at compile time said, for the compiler to use.
  if (lines == width && from.line_stride == 1) {
    copy(width, 1, from.k_stride);
  } else if (lines == width) {
    copy(width, from.line_stride, 1);
  } else {
    copy(lines, from.line_stride, from.k_stride);
  }
}

}  // namespace breakeven::cpu_gemm
