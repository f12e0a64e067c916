#pragma once

#include <cmath>

namespace breakeven {

/// The smallest power of two s ≥ 1 for which s·alpha and s·beta are integers (alpha and beta
/// finite); 2^60, where no dtype holds a product exactly, if there is none below.
inline double common_scale(double alpha, double beta) {
  const auto is_integer = [](double x) { return x == std::trunc(x); };
  double scale = 1;
  while (scale < 0x1p60 && !(is_integer(scale * alpha) && is_integer(scale * beta))) scale *= 2;
  return scale;
}

}  // namespace breakeven
