#pragma once

#include <algorithm>
#include <optional>

#include "benchmarks/harness/clock.h"

namespace breakeven {

/// The time that a preset gives to measuring; nothing: unlimited.
class Budget {
 public:
  /// `spent_s`: what earlier programs of the same run have used of it.
  Budget(std::optional<double> seconds, double spent_s, Clock clock = steady_seconds)
      : seconds_(seconds), clock_(clock), start_s_(clock() - spent_s) {}

  double spent() const { return clock_() - start_s_; }
  bool limited() const { return seconds_.has_value(); }

  /// An equal share of what is left for one of `problems` that are still to come [s].
  double share(int problems) const {
    if (!seconds_) return 1e9;
    return std::max(0.0, *seconds_ - spent()) / std::max(1, problems);
  }

 private:
  std::optional<double> seconds_;
  Clock clock_;
  double start_s_;
};

}  // namespace breakeven
