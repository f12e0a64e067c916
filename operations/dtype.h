#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

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

/// Largest relative error of one rounding to nearest: half the spacing of numbers just above 1.
constexpr double unit_roundoff(Dtype dtype) { return dtype == Dtype::f32 ? 0x1p-24 : 0x1p-53; }

/// All integers up to this magnitude are exact.
constexpr double largest_exact_integer(Dtype dtype) {
  return dtype == Dtype::f32 ? 0x1p24 : 0x1p53;
}

}  // namespace breakeven
