#include "operations/small_float.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "operations/dtype.h"

namespace breakeven {
namespace {

template <class Float>
class SmallFloats : public testing::Test {};
using All = testing::Types<Bf16, F16, E4m3, E5m2>;
TYPED_TEST_SUITE(SmallFloats, All);

/// Calls `visit` with every bit pattern.
template <class Float, class Visit>
void for_each_pattern(Visit visit) {
  for (std::uint32_t bits = 0; bits < 1u << (8 * sizeof(Float)); ++bits) {
    visit(Float::from_bits(static_cast<typename Float::Bits>(bits)));
  }
}

/// The value of a pattern from its fields, as the formats are documented.
double by_definition(unsigned bits, int exponent_bits, int mantissa_bits, bool has_infinity) {
  const unsigned mantissa = bits & ((1u << mantissa_bits) - 1);
  const unsigned exponent = bits >> mantissa_bits & ((1u << exponent_bits) - 1);
  const double sign = bits >> (exponent_bits + mantissa_bits) ? -1 : 1;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const bool top = exponent == (1u << exponent_bits) - 1;
  if (top && (has_infinity || mantissa == (1u << mantissa_bits) - 1)) {
    return has_infinity && mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                                         : std::numeric_limits<double>::quiet_NaN();
  }
  const double fraction = std::ldexp(mantissa, -mantissa_bits);
  return exponent == 0 ? sign * std::ldexp(fraction, 1 - bias)
                       : sign * std::ldexp(1 + fraction, static_cast<int>(exponent) - bias);
}

template <class Float>
void expect_documented_values(int exponent_bits, int mantissa_bits, bool has_infinity) {
  for_each_pattern<Float>([&](Float number) {
    const double expected = by_definition(number.bits, exponent_bits, mantissa_bits, has_infinity);
    const double value = number;
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(value)) << int{number.bits};
    } else {
      ASSERT_EQ(value, expected) << int{number.bits};
      ASSERT_EQ(std::signbit(value), std::signbit(expected)) << int{number.bits};
    }
  });
}

TEST(SmallFloat, EveryPatternHasItsDocumentedValue) {
  expect_documented_values<Bf16>(8, 7, true);
  expect_documented_values<F16>(5, 10, true);
  expect_documented_values<E4m3>(4, 3, false);
  expect_documented_values<E5m2>(5, 2, true);
}

TYPED_TEST(SmallFloats, EveryNumberComesBackAsItself) {
  for_each_pattern<TypeParam>([](TypeParam number) {
    const float value = number;
    const TypeParam back(value);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(float{back})) << int{number.bits};
    } else if (std::isinf(value) && sizeof(TypeParam) == 1) {
      ASSERT_EQ(std::abs(float{back}), 57344) << "fp8 saturates";
    } else {
      ASSERT_EQ(back.bits, number.bits);
    }
  });
}

// Between two neighbours: the nearer one; in the middle the one whose last bit is 0.
TYPED_TEST(SmallFloats, RoundToNearestTiesToEven) {
  for_each_pattern<TypeParam>([](TypeParam low) {
    const auto next = TypeParam::from_bits(static_cast<typename TypeParam::Bits>(low.bits + 1));
    const float a = low, b = next;
    if (!std::isfinite(a) || !std::isfinite(b) || std::signbit(a) != std::signbit(b)) return;
    const float middle = a + (b - a) / 2;
    const TypeParam even = low.bits % 2 == 0 ? low : next;
    ASSERT_EQ(TypeParam(middle).bits, even.bits) << a << " " << b;
    ASSERT_EQ(TypeParam(std::nextafter(middle, a)).bits, low.bits) << a << " " << b;
    ASSERT_EQ(TypeParam(std::nextafter(middle, b)).bits, next.bits) << a << " " << b;
  });
}

TEST(SmallFloat, BeyondTheLargestNumber) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(float{F16(65504)}, 65504);
  EXPECT_EQ(float{F16(65519)}, 65504);
  EXPECT_EQ(float{F16(65520)}, infinity);
  EXPECT_EQ(float{F16(-1e30f)}, -infinity);
  EXPECT_EQ(float{Bf16(std::numeric_limits<float>::max())}, infinity);
  EXPECT_EQ(float{Bf16(-infinity)}, -infinity);
  for (const float large : {449.0f, 1e30f, infinity}) EXPECT_EQ(float{E4m3(large)}, 448);
  for (const float large : {61440.0f, 1e30f, infinity}) EXPECT_EQ(float{E5m2(-large)}, -57344);
}

TEST(SmallFloat, NanKeepsItsSignAndIsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(float{Bf16(nan)}));
  EXPECT_TRUE(std::isnan(float{F16(-nan)}));
  EXPECT_EQ(E4m3(nan).bits & 0x7f, 0x7f);
  EXPECT_TRUE(std::isnan(float{E5m2(nan)}));
  EXPECT_TRUE(std::signbit(float{F16(std::copysign(nan, -1.0f))}));
}

TEST(Dtype, TraitsAreThoseOfTheTypes) {
  for (const Dtype dtype : kDtypes) {
    const DtypeTraits traits = traits_of(dtype);
    EXPECT_EQ(parse_dtype(traits.name), dtype);
    with_type(dtype, [&]<class T>(T) {
      EXPECT_EQ(sizeof(T), traits.bytes);
      const auto held = [](double x) { return static_cast<double>(static_cast<T>(x)); };
      EXPECT_EQ(held(traits.largest), traits.largest) << traits.name;
      EXPECT_EQ(held(traits.largest_exact_integer), traits.largest_exact_integer) << traits.name;
      if (is_integer(dtype)) return;
      EXPECT_EQ(held(traits.smallest_subnormal), traits.smallest_subnormal) << traits.name;
      EXPECT_EQ(held(traits.smallest_subnormal / 2), 0) << traits.name;
      EXPECT_EQ(held(1 + traits.unit_roundoff), 1) << traits.name;
      EXPECT_EQ(held(1 + 2 * traits.unit_roundoff), 1 + 2 * traits.unit_roundoff) << traits.name;
      if (dtype != Dtype::f64) {
        EXPECT_NE(held(traits.largest_exact_integer + 1), traits.largest_exact_integer + 1);
      }
    });
  }
}

}  // namespace
}  // namespace breakeven
