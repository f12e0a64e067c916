#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace breakeven {

/// Element types of tensors. tf32 is a math mode of f32 and no dtype.
enum class Dtype { f32, f64 };

/// Bytes of one element.
constexpr std::size_t size_of(Dtype dtype) { return dtype == Dtype::f32 ? 4 : 8; }

/// "f32", "f64": as written in case ids and result files.
constexpr std::string_view name_of(Dtype dtype) { return dtype == Dtype::f32 ? "f32" : "f64"; }

/// The dtype of that name, or nothing.
constexpr std::optional<Dtype> parse_dtype(std::string_view name) {
  for (Dtype dtype : {Dtype::f32, Dtype::f64}) {
    if (name == name_of(dtype)) return dtype;
  }
  return std::nullopt;
}

/// Calls `visit` with a value of the C++ type that holds one element: `float` for f32. The one
/// place where a dtype known at run time becomes a type.
template <class Visit>
decltype(auto) with_type(Dtype dtype, Visit&& visit) {
  if (dtype == Dtype::f32) return std::forward<Visit>(visit)(float{});
  return std::forward<Visit>(visit)(double{});
}

/// Largest relative error of one rounding to nearest: half the spacing of numbers just above 1.
constexpr double unit_roundoff(Dtype dtype) { return dtype == Dtype::f32 ? 0x1p-24 : 0x1p-53; }

/// Spacing of the numbers next to zero: the absolute error of a product that underflows is below
/// it.
constexpr double smallest_subnormal(Dtype dtype) {
  return dtype == Dtype::f32 ? 0x1p-149 : 0x1p-1074;
}

/// All integers up to this magnitude are exact.
constexpr double largest_exact_integer(Dtype dtype) {
  return dtype == Dtype::f32 ? 0x1p24 : 0x1p53;
}

}  // namespace breakeven
