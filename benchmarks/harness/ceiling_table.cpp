#include "benchmarks/harness/ceiling_table.h"

#include <algorithm>

namespace breakeven {

void CeilingTable::add(const Json& row) {
  if (row.at("kind") == "ceiling" && row.at("status") == "ok") rows_.push_back(row);
}

std::optional<double> CeilingTable::best(Side side, const Kind& kind, int threads) const {
  std::optional<double> best;
  bool probed = threads == 0;  // with that very number of threads
  for (const Json& row : rows_) {
    const auto& row_threads = row.at("threads");
    const auto& row_dtype = row.at("dtype");
    const bool same = row.at("side") == name_of(side) && row.at("name") == kind.name &&
                      (kind.dtype.empty() || row_dtype == kind.dtype) &&
                      row.value("math_mode", "default") == kind.math_mode &&
                      // Fewer threads count too: on a busy machine one may beat all.
                      (threads == 0 || row_threads <= threads);
    if (!same) continue;
    best = std::max(best.value_or(0), row.at("value").get<double>());
    probed = probed || row_threads == threads;
  }
  return probed ? best : std::nullopt;
}

std::optional<double> CeilingTable::flops_per_second(Side side, Dtype dtype,
                                                     std::string_view math_mode,
                                                     int threads) const {
  const auto fma = best(side, {"fma", name_of(dtype), math_mode}, threads);
  const auto matrix = best(side, {"matrix", name_of(dtype), math_mode}, threads);
  // Since the A100, libraries multiply f64 on matrix units: a CUDA core's rate is no limit.
  if (side == Side::cuda && dtype == Dtype::f64 && !matrix) return std::nullopt;
  return fma && matrix ? std::max(fma, matrix) : fma ? fma : matrix;
}

std::optional<double> CeilingTable::bytes_per_second(Side side, int threads) const {
  const auto triad = best(side, {"triad"}, threads);
  const auto copy = best(side, {"copy"}, threads);
  if (!triad || !copy) return triad ? triad : copy;
  return std::max(*triad, *copy);
}

}  // namespace breakeven
