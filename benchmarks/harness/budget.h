#pragma once

#include <algorithm>
#include <optional>

#include "benchmarks/harness/clock.h"

namespace breakeven {

/// The time that a preset gives to measuring; nothing: unlimited.
class Budget {
 public:
  /// `spent_s`: what earlier programs of the same run have used of it; `later_problems`: how many
  /// problems programs that come after this one have.
  Budget(std::optional<double> seconds, double spent_s, int later_problems = 0,
         Clock clock = steady_seconds)
      : seconds_(seconds),
        clock_(clock),
        start_s_(clock() - spent_s),
        later_problems_(later_problems) {}

  double spent() const { return clock_() - start_s_; }
  bool limited() const { return seconds_.has_value(); }

  /// An equal share of what is left for one of `problems` that this program still has, with those
  /// of later programs [s].
  double share(int problems) const {
    if (!seconds_) return 1e9;
    return std::max(0.0, *seconds_ - spent()) / std::max(1, problems + later_problems_);
  }

 private:
  std::optional<double> seconds_;
  Clock clock_;
  double start_s_;
  int later_problems_;
};

}  // namespace breakeven
