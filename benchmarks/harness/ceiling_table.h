#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/json.h"

namespace breakeven {

/// The `ceiling` rows of a run: what rates are held against.
class CeilingTable {
 public:
  /// Takes a row if it is a measured ceiling.
  void add(const Json& row);
  bool empty() const { return rows_.empty(); }

  /// Floating-point operations per second; `threads` is 0 for CUDA. Nothing if not measured.
  std::optional<double> flops_per_second(Side side, Dtype dtype, int threads) const;
  /// The faster of the memory probes (triad, copy) [B/s].
  std::optional<double> bytes_per_second(Side side, int threads) const;

 private:
  std::optional<double> best(Side side, std::string_view name, std::string_view dtype,
                             int threads) const;
  std::vector<Json> rows_;
};

}  // namespace breakeven
