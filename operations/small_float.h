#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace breakeven {

/// What becomes of a number beyond the largest finite one, and of infinity.
enum class Overflow { to_infinity, saturates };

/// A floating-point number of fewer than 32 bits: a sign, `exponent_bits` and `mantissa_bits`, with
/// subnormals. Converted from float by rounding to nearest, ties to even; to float exactly.
/// `has_infinity` false: the largest exponent holds finite numbers too, all but the one pattern
/// that is NaN (OCP 8-bit Floating Point Specification 1.0, E4M3).
template <int exponent_bits, int mantissa_bits, bool has_infinity, Overflow overflow>
struct SmallFloat {
  using Bits =
      std::conditional_t<exponent_bits + mantissa_bits + 1 == 8, std::uint8_t, std::uint16_t>;
  Bits bits = 0;

  SmallFloat() = default;
  constexpr explicit SmallFloat(float value) : bits(encode(value)) {}

  static constexpr SmallFloat from_bits(Bits bits) {
    SmallFloat number;
    number.bits = bits;
    return number;
  }

  constexpr operator float() const {
    const std::uint32_t magnitude = bits & (sign_bit - 1u);
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & sign_bit) << sign_shift;
    if (magnitude > infinity_or_largest) return std::bit_cast<float>(sign | 0x7fc00000u);
    if (has_infinity && magnitude == infinity_or_largest) {
      return std::bit_cast<float>(sign | 0x7f800000u);
    }
    // The same fields in float's places have float's bias; a product with a power of two is exact.
    const float scaled = std::bit_cast<float>(magnitude << dropped) * bias_difference_factor;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | sign);
  }

  /// Bit patterns of the largest finite number and of what is just below NaN.
  static constexpr std::uint32_t all_exponent = ((1u << exponent_bits) - 1) << mantissa_bits;
  static constexpr std::uint32_t infinity_or_largest =
      has_infinity ? all_exponent : all_exponent + (1u << mantissa_bits) - 2;
  static constexpr std::uint32_t largest_finite = infinity_or_largest - (has_infinity ? 1 : 0);

 private:
  static constexpr std::uint32_t sign_bit = 1u << (exponent_bits + mantissa_bits);
  static constexpr int sign_shift = 31 - exponent_bits - mantissa_bits;
  static constexpr int dropped = 23 - mantissa_bits;  // bits of float's mantissa
  static constexpr int bias = (1 << (exponent_bits - 1)) - 1;
  /// 2^e as a float, for exponents of normal numbers.
  static constexpr float power_of_two(int e) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(e + 127) << 23);
  }
  static constexpr float bias_difference_factor = power_of_two(127 - bias);

  static constexpr Bits encode(float value) {
    const std::uint32_t all = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = all >> 31 << (exponent_bits + mantissa_bits);
    const std::uint32_t magnitude = all & 0x7fffffffu;
    if (magnitude > 0x7f800000u) {  // a quiet NaN
      const std::uint32_t nan = has_infinity ? all_exponent | 1u << (mantissa_bits - 1)
                                             : all_exponent | ((1u << mantissa_bits) - 1);
      return static_cast<Bits>(sign | nan);
    }
    constexpr std::uint32_t least_normal = static_cast<std::uint32_t>(128 - bias) << 23;
    std::uint32_t rounded = 0;
    if (magnitude < least_normal) {
      // The sum's last place is the smallest subnormal: the addition rounds as wanted.
      constexpr float shift = power_of_two(1 - bias - mantissa_bits + 23);
      const float sum = std::bit_cast<float>(magnitude) + shift;
      rounded = std::bit_cast<std::uint32_t>(sum) - std::bit_cast<std::uint32_t>(shift);
    } else {
      const std::uint32_t odd = magnitude >> dropped & 1u;
      rounded = magnitude + (1u << (dropped - 1)) - 1 + odd;
      rounded = (rounded - (static_cast<std::uint32_t>(127 - bias) << 23)) >> dropped;
    }
    if (rounded > largest_finite) {
      constexpr bool saturates = overflow == Overflow::saturates || !has_infinity;
      rounded = saturates ? largest_finite : infinity_or_largest;
    }
    return static_cast<Bits>(sign | rounded);
  }
};

/// bfloat16: float's exponent, 8 significant bits.
using Bf16 = SmallFloat<8, 7, true, Overflow::to_infinity>;
/// IEEE 754 binary16: 11 significant bits, up to 65504.
using F16 = SmallFloat<5, 10, true, Overflow::to_infinity>;
/// 8-bit floats; both saturate, as CUDA's conversions do: 4 significant bits, up to 448.
using E4m3 = SmallFloat<4, 3, false, Overflow::saturates>;
/// 3 significant bits, up to 57344.
using E5m2 = SmallFloat<5, 2, true, Overflow::saturates>;

}  // namespace breakeven
