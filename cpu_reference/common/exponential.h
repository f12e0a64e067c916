#pragma once

#include <bit>
#include <cstdint>
#include <numbers>

#include "cpu_reference/common/simd.h"

namespace breakeven {

/// exp(x) to 4 roundings of f32, for |x| up to 87, NaN of NaN: 2^n times the exponential of what is
/// left, at most ln(2)/2, by its Taylor series. The compiler makes vectors of it, of libm's none.
BREAKEVEN_ALWAYS_INLINE float exponential(float x) {
  constexpr float no_fraction = 0x1.8p23f;  // a sum of this size is a whole number, in its low bits
  const float shifted = x * std::numbers::log2e_v<float> + no_fraction;
  const float n = shifted - no_fraction;
  const float r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;  // ln(2) in two parts
  const float series =
      1 + r * (1 + r * (1 / 2.f + r * (1 / 6.f + r * (1 / 24.f + r * (1 / 120.f + r / 720)))));
  return series * std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127) << 23);
}

}  // namespace breakeven
