#include "benchmarks/harness/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace breakeven {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

/// P(low-th smallest <= median <= high-th smallest) of n values, exactly.
double coverage(int n, int low, int high) {
  double probability = 0;
  for (int below = low; below < high; ++below) {
    probability += std::exp(std::lgamma(n + 1.0) - std::lgamma(below + 1.0) -
                            std::lgamma(n - below + 1.0) - n * std::log(2.0));
  }
  return probability;
}

TEST(Median, OfOddAndEvenCounts) {
  EXPECT_EQ(median(std::vector{3.0}), 3);
  EXPECT_EQ(median(std::vector{2.0, 1.0}), 1.5);
  EXPECT_EQ(median(std::vector{5.0, -1.0, 3.0}), 3);
  EXPECT_EQ(median(std::vector{4.0, 1.0, 3.0, 2.0}), 2.5);
  EXPECT_EQ(median(std::vector{7.0, 7.0, 1.0, 7.0}), 7);
}

TEST(MedianInterval, IsAbsentBelowSixValues) {
  for (int n = 0; n < 6; ++n) EXPECT_FALSE(median_interval(one_to(n))) << n;
  EXPECT_TRUE(median_interval(one_to(6)));
}

TEST(MedianInterval, CoversNinetyFivePercentAndNoRankLess) {
  for (int n : {6, 7, 8, 9, 10, 11, 12, 15, 16, 20, 25, 50, 99, 100, 1000, 5000}) {
    const auto interval = median_interval(one_to(n));
    ASSERT_TRUE(interval) << n;
    const int low = static_cast<int>(interval->first);
    const int high = static_cast<int>(interval->second);
    EXPECT_EQ(low, n + 1 - high) << n;
    EXPECT_GE(coverage(n, low, high), 0.95) << n;
    EXPECT_LT(coverage(n, low + 1, high - 1), 0.95) << n << ": a narrower one would do";
  }
}

TEST(MedianInterval, DoesNotDependOnTheOrder) {
  const std::vector<double> shuffled{9, 2, 7, 4, 1, 8, 3, 10, 6, 5};
  EXPECT_EQ(median_interval(shuffled), median_interval(one_to(10)));
}

TEST(Outliers, AreCountedOnBothSides) {
  EXPECT_EQ(count_outliers(one_to(20)), 0);
  auto values = one_to(20);
  values.push_back(1000);
  values.push_back(-1000);
  EXPECT_EQ(count_outliers(values), 2);
  EXPECT_EQ(count_outliers(std::vector{1.0, 1.0, 99.0}), 0) << "too few to tell";
}

TEST(StudentT, MatchesTheTables) {
  EXPECT_NEAR(student_t_95(1), 12.706204736, 1e-6);
  EXPECT_NEAR(student_t_95(2), 4.302652730, 1e-6);
  EXPECT_NEAR(student_t_95(4), 2.776445105, 1e-6);
  EXPECT_NEAR(student_t_95(9), 2.262157163, 1e-6);
  EXPECT_NEAR(student_t_95(30), 2.042272456, 1e-6);
}

TEST(PairedRatio, OfEqualRatiosHasNoWidth) {
  const auto ratio = paired_ratio(std::vector{2.0, 4.0, 8.0}, std::vector{1.0, 2.0, 4.0});
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->estimate, 2);
  EXPECT_DOUBLE_EQ(*ratio->low, 2);
  EXPECT_DOUBLE_EQ(*ratio->high, 2);
  EXPECT_EQ(ratio->repetitions, 3);
}

TEST(PairedRatio, IsTheGeometricMeanWithItsInterval) {
  // Logarithms of the ratios: ln 2 and ln 8, so mean ln 4, standard error ln 2.
  const auto ratio = paired_ratio(std::vector{2.0, 8.0}, std::vector{1.0, 1.0});
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->estimate, 4);
  EXPECT_NEAR(std::log(*ratio->high / 4), 12.706204736 * std::log(2.0), 1e-6);
  EXPECT_NEAR(std::log(4 / *ratio->low), 12.706204736 * std::log(2.0), 1e-6);
}

TEST(PairedRatio, TurnedRoundIsTheReciprocal) {
  const std::vector<double> a{1.0, 1.3, 0.9, 1.1}, b{0.5, 0.4, 0.7, 0.55};
  const auto there = paired_ratio(a, b), back = paired_ratio(b, a);
  EXPECT_NEAR(there->estimate * back->estimate, 1, 1e-12);
  EXPECT_NEAR(*there->low * *back->high, 1, 1e-12);
}

TEST(PairedRatio, NeedsTwoRepetitionsForAnIntervalAndOneForAnEstimate) {
  const auto one = paired_ratio(std::vector{3.0}, std::vector{2.0});
  ASSERT_TRUE(one);
  EXPECT_DOUBLE_EQ(one->estimate, 1.5);
  EXPECT_FALSE(one->low);
  EXPECT_FALSE(one->high);
  EXPECT_FALSE(paired_ratio({}, {}));
}

TEST(Percentile, IsAnOrderStatisticAndNeedsAHundred) {
  std::vector<double> values(99);
  std::iota(values.rbegin(), values.rend(), 1);
  EXPECT_EQ(percentile_99(values), std::nullopt);
  values.insert(values.begin() + 50, 100);
  EXPECT_EQ(percentile_99(values), 99);  // one of a hundred is above
  values.push_back(101);
  EXPECT_EQ(percentile_99(values), 100);  // more than one would be below 99 %
}

}  // namespace
}  // namespace breakeven
