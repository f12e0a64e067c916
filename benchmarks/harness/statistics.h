#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace breakeven {

/// Median; the mean of the middle two for an even count. `values` must not be empty.
double median(std::span<const double> values);

/// Distribution-free 95 % interval of the median from order statistics (binomial ranks), or nothing
/// with fewer than six values, where no pair of ranks reaches 95 %.
std::optional<std::pair<double, double>> median_interval(std::span<const double> values);

/// What at least 99 % of the values do not exceed (nearest rank), or nothing with fewer than a
/// hundred, where that would be the largest whatever it is.
std::optional<double> percentile_99(std::span<const double> values);

/// Values beyond 1.5 interquartile ranges from the quartiles (Tukey's fences).
int count_outliers(std::span<const double> values);

/// Two-sided 95 % quantile of Student's t with that many degrees of freedom (>= 1).
double student_t_95(int degrees_of_freedom);

/// A ratio with its 95 % t-interval over repetitions on the log scale.
struct Ratio {
  double estimate = 0;
  std::optional<double> low = {};  // nothing with a single repetition
  std::optional<double> high = {};
  int repetitions = 0;
};

/// exp(mean ln(numerator_r / denominator_r)): the repetition, not the sample, is the unit. Both
/// spans have the same length, one value a repetition, all positive; nothing if they are empty.
std::optional<Ratio> paired_ratio(std::span<const double> numerators,
                                  std::span<const double> denominators);

}  // namespace breakeven
