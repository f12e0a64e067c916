#include "benchmarks/harness/break_even.h"

#include <cmath>

namespace breakeven {

std::optional<std::int64_t> break_even_calls(double cpu_s, double call_s, double h2d_s,
                                             double d2h_s) {
  if (!(cpu_s > call_s)) return std::nullopt;
  const double calls = std::floor((h2d_s + d2h_s) / (cpu_s - call_s)) + 1;
  if (!(calls < 0x1p53)) return std::nullopt;  // a gain too small to tell from none
  return static_cast<std::int64_t>(calls);
}

double amortised_speedup(double cpu_s, double call_s, double h2d_s, double d2h_s, std::int64_t k) {
  const auto calls = static_cast<double>(k);
  return calls * cpu_s / (h2d_s + calls * call_s + d2h_s);
}

}  // namespace breakeven
