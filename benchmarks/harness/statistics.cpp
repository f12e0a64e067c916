#include "benchmarks/harness/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace breakeven {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

/// Linear interpolation between order statistics, `fraction` in [0, 1].
double quantile(std::span<const double> ascending, double fraction) {
  const double position = fraction * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, ascending.size() - 1);
  const double weight = position - static_cast<double>(below);
  return ascending[below] * (1 - weight) + ascending[above] * weight;
}

/// P(|T| <= t) for integer degrees of freedom: the finite series of Abramowitz & Stegun 26.7.3/4.
double student_t_probability(double t, int degrees) {
  const double theta = std::atan(t / std::sqrt(degrees));
  const double cosine = std::cos(theta);
  double term = degrees % 2 == 1 ? cosine : 1;
  double sum = degrees == 1 ? 0 : term;
  for (int i = degrees % 2 == 1 ? 3 : 2; i <= degrees - 2; i += 2) {
    term *= cosine * cosine * (i - 1) / i;
    sum += term;
  }
  sum *= std::sin(theta);
  return degrees % 2 == 1 ? 2 / std::numbers::pi * (theta + sum) : sum;
}

}  // namespace

double median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  if (copy.size() % 2 == 1) return *middle;
  return (*std::max_element(copy.begin(), middle) + *middle) / 2;
}

std::optional<std::pair<double, double>> median_interval(std::span<const double> values) {
  const auto n = values.size();
  // Largest rank r (from each end) with 2·P(Binomial(n, 1/2) < r) <= 5 %.
  const auto count = static_cast<double>(n);
  double log_probability = -count * std::numbers::ln2;  // of exactly `rank` successes
  double tail = std::exp(log_probability);              // of `rank` successes at most
  std::size_t rank = 0;
  while (2 * tail <= 0.05) {
    ++rank;
    const auto successes = static_cast<double>(rank);
    log_probability += std::log((count - successes + 1) / successes);
    tail += std::exp(log_probability);
  }
  if (rank == 0) return std::nullopt;
  const auto ascending = sorted(values);
  return std::pair{ascending[rank - 1], ascending[n - rank]};
}

std::optional<double> percentile_99(std::span<const double> values) {
  if (values.size() < 100) return std::nullopt;
  return sorted(values)[(values.size() * 99 + 99) / 100 - 1];
}

int count_outliers(std::span<const double> values) {
  if (values.size() < 4) return 0;
  const auto ascending = sorted(values);
  const double low = quantile(ascending, 0.25);
  const double high = quantile(ascending, 0.75);
  const double reach = 1.5 * (high - low);
  return static_cast<int>(std::count_if(values.begin(), values.end(), [&](double value) {
    return value < low - reach || value > high + reach;
  }));
}

double student_t_95(int degrees_of_freedom) {
  double low = 1;
  double high = 16;  // t(1) = 12.7
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (student_t_probability(middle, degrees_of_freedom) < 0.95 ? low : high) = middle;
  }
  return high;
}

std::optional<Ratio> paired_ratio(std::span<const double> numerators,
                                  std::span<const double> denominators) {
  const auto n = numerators.size();
  if (n == 0) return std::nullopt;
  std::vector<double> logs(n);
  for (std::size_t r = 0; r < n; ++r) logs[r] = std::log(numerators[r] / denominators[r]);
  double mean = 0;
  for (double value : logs) mean += value / static_cast<double>(n);
  Ratio ratio{.estimate = std::exp(mean), .repetitions = static_cast<int>(n)};
  if (n < 2) return ratio;
  double squares = 0;
  for (double value : logs) squares += (value - mean) * (value - mean);
  const double error = std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
  const double reach = student_t_95(static_cast<int>(n) - 1) * error;
  ratio.low = std::exp(mean - reach);
  ratio.high = std::exp(mean + reach);
  return ratio;
}

}  // namespace breakeven
