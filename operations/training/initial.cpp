#include "operations/training/initial.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string_view>

namespace breakeven {
namespace {

/// Uniform in [-limit, limit); the standard library's distributions differ between libraries.
void fill_uniform(std::span<float> values, double limit, std::mt19937_64& random) {
  for (float& value : values) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    value = static_cast<float>(limit * (2 * unit - 1));
  }
}

template <class Fill>
void for_each_value(const Plan& plan, Store store, std::span<float> memory, Fill fill) {
  std::ranges::fill(memory, 0.0F);
  for (const Value& value : plan.values) {
    if (value.store != store || value.whole) continue;
    fill(value, memory.subspan(static_cast<std::size_t>(value.offset),
                               static_cast<std::size_t>(value.elements())));
  }
}

}  // namespace

void fill_parameters(const Plan& plan, std::uint64_t seed, std::span<float> parameters) {
  std::mt19937_64 random(seed);
  double limit = 0;  // of the layer whose weight came last
  bool normalises = false;
  for_each_value(plan, Store::parameters, parameters,
                 [&](const Value& value, std::span<float> memory) {
                   const bool is_weight = value.name.ends_with(".weight");
                   if (is_weight) {
                     normalises = value.shape.size() == 1;
                     const std::int64_t terms = value.elements() / value.shape[0];
                     limit = 1 / std::sqrt(static_cast<double>(terms));
                   }
                   if (normalises) {
                     std::ranges::fill(memory, is_weight ? 1.0F : 0.0F);
                   } else {
                     fill_uniform(memory, limit, random);
                   }
                 });
}

void fill_statistics(const Plan& plan, std::span<float> statistics) {
  for_each_value(plan, Store::statistics, statistics,
                 [](const Value& value, std::span<float> memory) {
                   std::ranges::fill(memory, value.name.ends_with(".running_var") ? 1.0F : 0.0F);
                 });
}

}  // namespace breakeven
