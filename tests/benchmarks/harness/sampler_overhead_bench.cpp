/// What the sampler adds to a call: its median beside that of a hand-written timing loop over the
/// same work, for calls of about 1 µs, 100 µs and 10 ms. Prints a table; asserts nothing.

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "benchmarks/harness/sampler.h"
#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

/// A chain of dependent multiply-adds: its time depends on nothing but the clock.
double work(long steps) {
  volatile double start = 0.5;
  double x = start;
  for (long i = 0; i < steps; ++i) x = x * 0.999 + 0.001;
  return x;
}

volatile double sink;

/// Median seconds per call of what anyone would write: a batch between two readings of the clock.
double by_hand(long steps, int batch, int samples) {
  using clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (int i = 0; i < samples; ++i) {
    const auto start = clock::now();
    for (int call = 0; call < batch; ++call) sink = work(steps);
    seconds.push_back(std::chrono::duration<double>(clock::now() - start).count() / batch);
  }
  return median(seconds);
}

int run() {
  constexpr int kRounds = 21;
  constexpr int kSamples = 50;
  const double step_s = by_hand(1'000'000, 1, 20) / 1'000'000;
  fmt::print("{:>10} {:>14} {:>14} {:>8}\n", "call", "by hand [s]", "sampler [s]", "ratio");
  for (const double target_s : {1e-6, 1e-4, 1e-2}) {
    const long steps = static_cast<long>(target_s / step_s);
    const SamplingLimits limits{.wall_cap_s = 1, .max_samples = kSamples, .relative_interval = 0};
    const int batch = target_s < limits.min_sample_s ? int(limits.min_sample_s / target_s) : 1;
    std::vector<double> hand, sampled;
    for (int round = 0; round < kRounds; ++round) {  // alternating: a drift hits both
      hand.push_back(by_hand(steps, batch, kSamples));
      sampled.push_back(
          median(sample_cpu([steps](int) { sink = work(steps); }, 1, limits).seconds));
    }
    fmt::print("{:>10} {:>14.6g} {:>14.6g} {:>8.4f}\n", fmt::format("{:g} s", target_s),
               median(hand), median(sampled), paired_ratio(sampled, hand)->estimate);
  }
  return 0;
}

}  // namespace
}  // namespace breakeven

int main() { return breakeven::run(); }
