#pragma once

#include <map>
#include <optional>
#include <string>

#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/device.h"

namespace breakeven {

/// What a call will take, from what smaller calls of the same implementation took.
class Predictions {
 public:
  /// Seconds of one call of `candidate` with that many threads; nothing if its implementation has
  /// not been seen and no calibration is needed or possible. Runs the calibration where it is.
  std::optional<double> seconds(const Case& problem, const Candidate& candidate, int threads,
                                Device* device);

  /// What a call really took.
  void learn(const ProblemView& problem, const Candidate& candidate, int threads, double seconds);

 private:
  std::map<std::string, double> seconds_per_work_;
};

}  // namespace breakeven
