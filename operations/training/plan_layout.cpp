#include "operations/training/plan_layout.h"

#include <vector>

#include "operations/training/memory_plan.h"

namespace breakeven {
namespace {

constexpr std::int64_t kLine = 16;  // elements of a cache line

}  // namespace

void lay_out_stores(Plan& plan) {
  plan.elements = {};
  for (Value& value : plan.values) {
    if (value.store == Store::activations) continue;
    std::int64_t& end = plan.elements[static_cast<std::size_t>(value.store)];
    value.offset = end;
    end += value.elements();
    const bool alone = value.store != Store::parameters && value.store != Store::gradients &&
                       value.store != Store::statistics;
    if (!alone) end = (end + kLine - 1) / kLine * kLine;
  }
}

void lay_out_activations(Plan& plan) {
  std::vector<Lifetime> lifetimes;
  std::vector<int> of_value(plan.values.size(), -1);
  for (std::size_t node = 0; node < plan.nodes.size(); ++node) {
    for (const int value : plan.nodes[node].values) {
      const auto v = static_cast<std::size_t>(value);
      if (plan.values[v].store != Store::activations) continue;
      const int now = static_cast<int>(node);
      if (of_value[v] < 0) {
        of_value[v] = static_cast<int>(lifetimes.size());
        lifetimes.push_back({plan.values[v].words(), now, now});
      }
      lifetimes[static_cast<std::size_t>(of_value[v])].last = now;
    }
  }
  plan.elements[static_cast<std::size_t>(Store::activations)] = plan_memory(lifetimes);
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    if (of_value[v] < 0) continue;
    plan.values[v].offset = lifetimes[static_cast<std::size_t>(of_value[v])].offset;
  }
}

}  // namespace breakeven
