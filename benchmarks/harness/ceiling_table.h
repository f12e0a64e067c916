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

  /// Operations per second in a dtype and math mode, by the faster of the units that have it;
  /// `threads` is 0 for CUDA. Nothing if not measured.
  std::optional<double> flops_per_second(Side side, Dtype dtype, std::string_view math_mode,
                                         int threads) const;
  /// The faster of the memory probes (triad, copy) [B/s].
  std::optional<double> bytes_per_second(Side side, int threads) const;

 private:
  struct Kind {
    std::string_view name;
    std::string_view dtype = "";  // any
    std::string_view math_mode = "default";
  };
  std::optional<double> best(Side side, const Kind& kind, int threads) const;
  std::vector<Json> rows_;
};

}  // namespace breakeven
