#pragma once

#include <cstdint>
#include <optional>

namespace breakeven {

/// Calls on the same data from which on the GPU wins, when both copies are paid once:
/// floor((h2d + d2h) / (cpu − call)) + 1, or nothing ("never") where cpu <= call. All in seconds,
/// positive.
std::optional<std::int64_t> break_even_calls(double cpu_s, double call_s, double h2d_s,
                                             double d2h_s);

/// Speedup of k calls whose copies are paid once.
double amortised_speedup(double cpu_s, double call_s, double h2d_s, double d2h_s, std::int64_t k);

}  // namespace breakeven
