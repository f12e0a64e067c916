#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace breakeven {

/// Rows keep the order of their fields.
using Json = nlohmann::ordered_json;

/// The value, or null for nothing and for what is no finite number.
inline Json or_null(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}
inline Json count_or_null(std::optional<int> count) { return count ? Json(*count) : Json(nullptr); }
inline Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace breakeven
