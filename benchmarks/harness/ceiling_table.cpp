#include "benchmarks/harness/ceiling_table.h"

#include <algorithm>

namespace breakeven {

void CeilingTable::add(const Json& row) {
  if (row.at("kind") == "ceiling" && row.at("status") == "ok") rows_.push_back(row);
}

std::optional<double> CeilingTable::best(Side side, std::string_view name, std::string_view dtype,
                                         int threads) const {
  std::optional<double> best;
  bool probed = threads == 0;  // with that very number of threads
  for (const Json& row : rows_) {
    const auto& row_threads = row.at("threads");
    const auto& row_dtype = row.at("dtype");
    const bool same = row.at("side") == name_of(side) && row.at("name") == name &&
                      (dtype.empty() || row_dtype == dtype) &&
                      // Fewer threads count too: on a busy machine one may beat all.
                      (threads == 0 || row_threads <= threads);
    if (!same) continue;
    best = std::max(best.value_or(0), row.at("value").get<double>());
    probed = probed || row_threads == threads;
  }
  return probed ? best : std::nullopt;
}

std::optional<double> CeilingTable::flops_per_second(Side side, Dtype dtype, int threads) const {
  // Since the A100, libraries multiply f64 on matrix units, which no probe measures yet.
  if (side == Side::cuda && dtype == Dtype::f64) return std::nullopt;
  return best(side, "fma", name_of(dtype), threads);
}

std::optional<double> CeilingTable::bytes_per_second(Side side, int threads) const {
  const auto triad = best(side, "triad", "", threads);
  const auto copy = best(side, "copy", "", threads);
  if (!triad || !copy) return triad ? triad : copy;
  return std::max(*triad, *copy);
}

}  // namespace breakeven
