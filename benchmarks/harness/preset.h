#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace breakeven {

/// A time budget for measuring, and what is worth doing within it.
struct Preset {
  std::string_view name;
  std::optional<double> budget_s;  // nothing: unlimited
  int repetitions;
  int max_samples;  // in each repetition
};

constexpr std::array kPresets{
    Preset{"smoke", 30, 3, 10},
    Preset{"quick", 180, 5, 10},
    Preset{"standard", 1800, 10, 50},
    Preset{"full", std::nullopt, 10, 100},
};

}  // namespace breakeven
