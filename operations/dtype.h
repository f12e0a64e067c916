#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "operations/small_float.h"

namespace breakeven {

/// Element types of tensors. tf32 is a math mode of f32 and no dtype.
enum class Dtype { f32, f64, bf16, f16, e4m3, e5m2, s8, s32 };

inline constexpr std::array kDtypes{Dtype::f32,  Dtype::f64,  Dtype::bf16, Dtype::f16,
                                    Dtype::e4m3, Dtype::e5m2, Dtype::s8,   Dtype::s32};

/// What arithmetic has to know of a dtype.
struct DtypeTraits {
  std::string_view name;  // as written in case ids and result files
  std::size_t bytes;
  double unit_roundoff;          // 0 for integers
  double smallest_subnormal;     // likewise
  double largest_exact_integer;  // all integers up to this magnitude are exact
  double largest;                // finite
};

constexpr DtypeTraits traits_of(Dtype dtype) {
  constexpr double f32_max = 0x1.fffffep127, f64_max = 0x1.fffffffffffffp1023;
  switch (dtype) {
    case Dtype::f32:
      return {"f32", 4, 0x1p-24, 0x1p-149, 0x1p24, f32_max};
    case Dtype::f64:
      return {"f64", 8, 0x1p-53, 0x1p-1074, 0x1p53, f64_max};
    case Dtype::bf16:
      return {"bf16", 2, 0x1p-8, 0x1p-133, 0x1p8, 0x1.fep127};
    case Dtype::f16:
      return {"f16", 2, 0x1p-11, 0x1p-24, 0x1p11, 65504};
    case Dtype::e4m3:
      return {"e4m3", 1, 0x1p-4, 0x1p-9, 0x1p4, 448};
    case Dtype::e5m2:
      return {"e5m2", 1, 0x1p-3, 0x1p-16, 0x1p3, 57344};
    case Dtype::s8:
      return {"s8", 1, 0, 0, 127, 127};
    case Dtype::s32:
      return {"s32", 4, 0, 0, 2147483647, 2147483647};
  }
  return {};
}

/// Bytes of one element.
constexpr std::size_t size_of(Dtype dtype) { return traits_of(dtype).bytes; }

constexpr std::string_view name_of(Dtype dtype) { return traits_of(dtype).name; }

/// The dtype of that name, or nothing.
constexpr std::optional<Dtype> parse_dtype(std::string_view name) {
  for (Dtype dtype : kDtypes) {
    if (name == name_of(dtype)) return dtype;
  }
  return std::nullopt;
}

/// Largest relative error of one rounding to nearest: half the spacing of numbers just above 1.
constexpr double unit_roundoff(Dtype dtype) { return traits_of(dtype).unit_roundoff; }

/// Spacing of the numbers next to zero: the absolute error of a product that underflows is below
/// it.
constexpr double smallest_subnormal(Dtype dtype) { return traits_of(dtype).smallest_subnormal; }

/// All integers up to this magnitude are exact.
constexpr double largest_exact_integer(Dtype dtype) {
  return traits_of(dtype).largest_exact_integer;
}

constexpr bool is_integer(Dtype dtype) { return dtype == Dtype::s8 || dtype == Dtype::s32; }

/// Calls `visit` with a value of the C++ type that holds one element: `float` for f32. The one
/// place where a dtype known at run time becomes a type.
template <class Visit>
decltype(auto) with_type(Dtype dtype, Visit&& visit) {
  switch (dtype) {
    case Dtype::f64:
      return std::forward<Visit>(visit)(double{});
    case Dtype::bf16:
      return std::forward<Visit>(visit)(Bf16{});
    case Dtype::f16:
      return std::forward<Visit>(visit)(F16{});
    case Dtype::e4m3:
      return std::forward<Visit>(visit)(E4m3{});
    case Dtype::e5m2:
      return std::forward<Visit>(visit)(E5m2{});
    case Dtype::s8:
      return std::forward<Visit>(visit)(std::int8_t{});
    case Dtype::s32:
      return std::forward<Visit>(visit)(std::int32_t{});
    case Dtype::f32:
      break;
  }
  return std::forward<Visit>(visit)(float{});
}

/// The same for what computes in the two that a CPU and a CUDA core have of themselves. Throws
/// std::invalid_argument for any other: `supports` has to refuse it.
template <class Visit>
decltype(auto) with_f32_or_f64(Dtype dtype, Visit&& visit) {
  if (dtype == Dtype::f32) return std::forward<Visit>(visit)(float{});
  if (dtype == Dtype::f64) return std::forward<Visit>(visit)(double{});
  throw std::invalid_argument(std::string(name_of(dtype)) + " where only f32 and f64 can be");
}

/// The same for what computes in f32 on elements of f32, bf16 or f16. Throws likewise.
template <class Visit>
decltype(auto) with_f32_bf16_or_f16(Dtype dtype, Visit&& visit) {
  if (dtype == Dtype::f32) return std::forward<Visit>(visit)(float{});
  if (dtype == Dtype::bf16) return std::forward<Visit>(visit)(Bf16{});
  if (dtype == Dtype::f16) return std::forward<Visit>(visit)(F16{});
  throw std::invalid_argument(std::string(name_of(dtype)) + " where only f32, bf16 and f16 can be");
}

}  // namespace breakeven
