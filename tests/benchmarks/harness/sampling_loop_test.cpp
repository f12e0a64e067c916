#include "benchmarks/harness/sampling_loop.h"

#include <gtest/gtest.h>

#include <csignal>
#include <random>

#include "benchmarks/harness/interrupt.h"
#include "tests/benchmarks/harness/fake_device.h"
#include "tests/benchmarks/harness/synthetic_clock.h"

namespace breakeven::test {
namespace {

/// An operation on synthetic time, that counts its calls and the sets they used.
struct Synthetic {
  std::function<double()> call_s;
  int calls = 0;
  std::vector<int> sets = {};

  Operation operation() {
    return [this](int set) {
      ++calls;
      sets.push_back(set);
      SyntheticClock::now_s += call_s();
    };
  }
  Samples sample(const SamplingLimits& limits, int rotated_sets = 1) {
    return sample_cpu(operation(), rotated_sets, limits, SyntheticClock::seconds);
  }
};

TEST(Sampling, StopsAtANarrowInterval) {
  Synthetic steady{[] { return 1e-3; }};
  const Samples samples = steady.sample({.wall_cap_s = 10, .max_samples = 100});
  EXPECT_EQ(samples.stop, StopReason::interval);
  EXPECT_EQ(samples.seconds.size(), 10u) << "never before ten samples";
  for (double seconds : samples.seconds) EXPECT_NEAR(seconds, 1e-3, 1e-12);
}

TEST(Sampling, StopsAtTheMostSamples) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> noise(0.5e-3, 2e-3);
  Synthetic noisy{[&] { return noise(random); }};
  const Samples samples = noisy.sample({.wall_cap_s = 1000, .max_samples = 25});
  EXPECT_EQ(samples.stop, StopReason::samples);
  EXPECT_EQ(samples.seconds.size(), 25u);
}

TEST(Sampling, StopsAtTheWallCap) {
  Synthetic slow{[] { return 1.0; }};
  const double start = SyntheticClock::now_s;
  const Samples samples = slow.sample({.wall_cap_s = 5, .max_samples = 100});
  EXPECT_EQ(samples.stop, StopReason::wall);
  EXPECT_LE(SyntheticClock::now_s - start - samples.warmup_s, 6)
      << "one call more than the cap at most";
  EXPECT_GE(samples.seconds.size(), 1u);
}

TEST(Sampling, GivesASampleEvenIfOneCallPassesTheCap) {
  Synthetic slow{[] { return 100.0; }};
  EXPECT_EQ(slow.sample({.wall_cap_s = 1}).seconds.size(), 1u);
}

TEST(Sampling, BatchesShortCallsAndReportsOneCall) {
  Synthetic quick{[] { return 1e-6; }};
  const Samples samples = quick.sample({.wall_cap_s = 10, .max_samples = 20});
  EXPECT_NEAR(samples.batch, 50, 1) << "a sample is 50 µs at least";
  for (double seconds : samples.seconds) EXPECT_NEAR(seconds, 1e-6, 1e-9);
  Synthetic slow{[] { return 60e-6; }};
  EXPECT_EQ(slow.sample({}).batch, 1);
}

TEST(Sampling, DeletesNoSample) {
  // One call in seven takes a hundred times longer: all of them are there.
  int call = 0;
  Synthetic spiky{[&] { return ++call % 7 == 0 ? 0.1 : 1e-3; }};
  const Samples samples = spiky.sample({.wall_cap_s = 1000, .max_samples = 70});
  const auto spikes = std::count_if(samples.seconds.begin(), samples.seconds.end(),
                                    [](double seconds) { return seconds > 0.05; });
  EXPECT_EQ(spikes, static_cast<std::ptrdiff_t>(samples.seconds.size()) / 7);
  EXPECT_GE(spikes, 1);
}

TEST(Sampling, WarmsUpUntilTwoWindowsAgree) {
  // The first five calls are slow: none of them is a sample.
  int call = 0;
  Synthetic cold{[&] { return ++call <= 5 ? 6e-3 - call * 1e-3 : 1e-3; }};
  const Samples samples = cold.sample({.wall_cap_s = 10});
  for (double seconds : samples.seconds) EXPECT_NEAR(seconds, 1e-3, 1e-12);
  EXPECT_GT(samples.warmup_s, 15e-3);
}

TEST(Sampling, WarmsUpForAThirdOfTheCapAtMost) {
  double call_s = 1e-3;
  Synthetic drifting{[&] { return call_s *= 1.05; }};
  const Samples samples = drifting.sample({.wall_cap_s = 3, .warmup_cap_s = 100});
  EXPECT_LT(samples.warmup_s, 1.2);
}

TEST(Sampling, LetsTheOwnerStepInBetweenWarmUpAndTheFirstSample) {
  Synthetic steady{[] { return 1e-3; }};
  std::vector<int> calls_before;
  SamplingLimits limits{.wall_cap_s = 10};
  limits.before_samples = [&] { calls_before.push_back(steady.calls); };
  const Samples samples = steady.sample(limits);
  ASSERT_EQ(calls_before.size(), 1u);
  EXPECT_GE(calls_before[0], 2) << "two windows at least";
  EXPECT_EQ(steady.calls - calls_before[0], static_cast<int>(samples.seconds.size()));
}

TEST(Sampling, RotatesTheSetsCallByCall) {
  Synthetic cold{[] { return 1e-3; }};
  cold.sample({.wall_cap_s = 1}, /*rotated_sets=*/3);
  for (std::size_t i = 0; i < cold.sets.size(); ++i) EXPECT_EQ(cold.sets[i], int(i % 3)) << i;
}

// 10 warm-ups for the library, 500 for the own kernel.
TEST(Traps, OneWarmUpPolicyForEverything) {
  const auto slow_start = [call = 0]() mutable { return ++call <= 20 ? 2e-3 + 1e-4 * call : 2e-3; };
  const SamplingLimits limits{.wall_cap_s = 10, .max_samples = 10};
  Synthetic cpu{slow_start}, gpu{slow_start};
  const Samples host = cpu.sample(limits);
  FakeDevice device({}, SyntheticClock::seconds);
  const Samples kernel = sample_device(device, gpu.operation(), 1, limits, SyntheticClock::seconds);
  EXPECT_EQ(cpu.calls, gpu.calls);
  EXPECT_EQ(host.seconds.size(), kernel.seconds.size());
  EXPECT_EQ(host.batch, kernel.batch);
  EXPECT_NEAR(host.warmup_s, kernel.warmup_s, 1e-9);
}

void sample_after(int signal) {
  note_interrupts();
  Synthetic noisy{[call = 0, signal]() mutable {
    if (++call == 6) std::raise(signal);
    return call * 1e-3;
  }};
  const Samples samples = noisy.sample({.wall_cap_s = 1000});
  const bool right = samples.stop == StopReason::interrupted && interrupted() == signal &&
                     !samples.seconds.empty();
  std::exit(right ? 0 : 1);
}

TEST(InterruptionDeathTest, EndsSamplingAndKeepsTheSamples) {
  EXPECT_EXIT(sample_after(SIGINT), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(sample_after(SIGTERM), testing::ExitedWithCode(0), "");
}

TEST(InterruptionDeathTest, ASecondSignalEndsTheProgram) {
  const auto twice = [] {
    note_interrupts();
    std::raise(SIGINT);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(twice(), testing::KilledBySignal(SIGINT), "");
}

TEST(StopReasons, HaveTheNamesOfTheResultFile) {
  EXPECT_EQ(name_of(StopReason::interval), "interval");
  EXPECT_EQ(name_of(StopReason::samples), "samples");
  EXPECT_EQ(name_of(StopReason::wall), "wall");
  EXPECT_EQ(name_of(StopReason::interrupted), "interrupted");
}

}  // namespace
}  // namespace breakeven::test
