#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "operations/oracle.h"

namespace breakeven {

/// What Freivalds' checks of all operations share: elements of a result are added up with random
/// multipliers, and the same sum is had at less cost from inputs that were added up likewise.

/// A sum of integers modulo 2^64, and whether all its elements were integers.
struct IntegerSum {
  std::uint64_t sum = 0;
  bool integral = true;

  void add(double value, const IntegerSum& times) {
    if (!(std::abs(value) < 0x1p63) || value != std::trunc(value)) {
      integral = false;
      return;
    }
    sum += static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) * times.sum;
    integral &= times.integral;
  }
};

/// A sum with signs, and what its rounding error scales with.
struct RealSum {
  double sum = 0;
  double magnitude = 0;
};

/// Odd numbers: times one of them, no difference that is not zero becomes zero modulo 2^64.
inline std::vector<IntegerSum> odd_multipliers(std::int64_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<IntegerSum> all(static_cast<std::size_t>(count));
  for (IntegerSum& multiplier : all) multiplier.sum = random() | 1;
  return all;
}

/// ±1.
inline std::vector<double> signs(std::int64_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> all(static_cast<std::size_t>(count));
  for (double& sign : all) sign = random() >> 63 ? 1 : -1;
  return all;
}

/// How far the sum, with signs, of `elements` results may be from the truth if each is within its
/// rounding bound: 8 times the L2 norm of these bounds, which random signs pass with probability at
/// most 2·exp(-8²/2) = 3e-14 (Hoeffding).
class CombinedBound {
 public:
  /// `reduction`: terms of one result.
  CombinedBound(const Rounding& rounding, std::int64_t elements, std::int64_t reduction)
      : rounding_(rounding) {
    const auto n = static_cast<double>(elements), k = static_cast<double>(reduction);
    relative_ = 2 * rounding.input + 4 * std::sqrt(k) * rounding.accumulate;
    // Rounding of the check itself: sums of N and then K terms, worst case; ‖row‖₁ ≤ √N·‖row‖₂.
    own_ = (n + k + 8) * unit_roundoff(Dtype::f64) * std::sqrt(n);
    // Products below the smallest normal number lose more than a relative error.
    underflow_ = t * std::sqrt(n) * rounding.underflow;
  }

  /// `norm`: of the results; `magnitude` and `norms`: at least the L2 norm of theirs. NaN and Inf
  /// never pass.
  bool holds(double difference, double norm, double magnitude, double norms = 0) const {
    // ‖ref‖ ≤ ‖result‖ + ‖e‖, and ‖e‖ is this very bound: hence the second order term.
    const double bound =
        (1 + 2 * rounding_.output) *
        (rounding_.output * norm + relative_ * magnitude + rounding_.mixed * norms);
    const double tolerance = t * bound + own_ * (magnitude + norm) + underflow_;
    return std::abs(difference) <= tolerance && tolerance < std::numeric_limits<double>::infinity();
  }

 private:
  static constexpr double t = 8;
  Rounding rounding_;
  double relative_, own_, underflow_;
};

}  // namespace breakeven
