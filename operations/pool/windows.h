#pragma once

#include <algorithm>
#include <cstdint>

#include "operations/conv/problem.h"

namespace breakeven {

/// Places [first, last) along an axis.
struct Span {
  std::int64_t first, last;
};

/// What a window covers of x, without padding.
inline Span covered(const ConvAxis& axis, std::int64_t output) {
  const std::int64_t begin = axis.source(output, 0);
  return {std::max<std::int64_t>(begin, 0), std::min(begin + axis.filter, axis.input)};
}

/// The windows that cover a place of x.
inline Span covering(const ConvAxis& axis, std::int64_t input) {
  const std::int64_t padded = input + axis.pad_before;
  const std::int64_t before = padded - axis.filter + 1;
  return {before <= 0 ? 0 : (before + axis.stride - 1) / axis.stride,
          std::min(padded / axis.stride + 1, axis.output())};
}

}  // namespace breakeven
