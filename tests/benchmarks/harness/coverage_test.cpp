#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "benchmarks/harness/sampler.h"
#include "benchmarks/harness/statistics.h"
#include "tests/benchmarks/harness/synthetic_clock.h"

namespace breakeven::test {
namespace {

constexpr double kTrueSpeedup = 2;
constexpr double kDrift = 0.03;   // of a whole repetition: clocks, neighbours, page placement
constexpr double kJitter = 0.01;  // of a single call

/// One repetition of a side whose machine drifts from repetition to repetition.
std::vector<double> repetition(double true_call_s, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  const double call_s = true_call_s * std::exp(kDrift * normal(random));
  const Operation call = [&](int) {
    SyntheticClock::now_s += call_s * std::exp(kJitter * normal(random));
  };
  return sample_cpu(call, 1, {.wall_cap_s = 100, .max_samples = 20}, SyntheticClock::seconds)
      .seconds;
}

bool covers(const std::optional<Ratio>& ratio) {
  return *ratio->low <= kTrueSpeedup && kTrueSpeedup <= *ratio->high;
}

TEST(Coverage, OfTheIntervalOverRepetitionsIsNominalAndOfPooledSamplesIsNot) {
  constexpr int kExperiments = 2000;
  std::mt19937_64 random(7);
  int over_repetitions = 0, over_samples = 0;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<double> cpu_medians, gpu_medians, cpu_samples, gpu_samples;
    for (int r = 0; r < 5; ++r) {
      const auto cpu = repetition(kTrueSpeedup * 1e-3, random);
      const auto gpu = repetition(1e-3, random);
      cpu_medians.push_back(median(cpu));
      gpu_medians.push_back(median(gpu));
      const auto common = static_cast<std::ptrdiff_t>(std::min(cpu.size(), gpu.size()));
      cpu_samples.insert(cpu_samples.end(), cpu.begin(), cpu.begin() + common);
      gpu_samples.insert(gpu_samples.end(), gpu.begin(), gpu.begin() + common);
    }
    over_repetitions += covers(paired_ratio(cpu_medians, gpu_medians));
    over_samples += covers(paired_ratio(cpu_samples, gpu_samples));
  }
  EXPECT_GE(over_repetitions, 0.93 * kExperiments);
  EXPECT_LE(over_repetitions, 0.97 * kExperiments);
  EXPECT_LT(over_samples, 0.60 * kExperiments) << "why samples are not pooled";
}

}  // namespace
}  // namespace breakeven::test
