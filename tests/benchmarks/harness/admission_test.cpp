#include "benchmarks/harness/admission.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/harness/fake_device.h"
#include "tests/benchmarks/harness/test_run.h"

namespace breakeven::test {
namespace {

Support odd_only(const Scale& problem) {
  return problem.n % 2 ? Support::yes() : Support::no("only odd sizes");
}

std::vector<Contender> contenders_of(const Case& problem) {
  std::vector<Contender> contenders;
  for (const Candidate& candidate : problem.candidates) {
    contenders.push_back(
        {.candidate = &candidate, .threads = candidate.side == Side::cuda ? 0 : 2});
  }
  return contenders;
}

Case both_sides(std::int64_t n = 1024) {
  return scale_case({n}, {cpu_scale<Fault::none>("c")}, {cuda_scale<Fault::none>("g")});
}

TEST(Admission, TakesWhatCanRun) {
  FakeDevice device;
  TestRun run(&device);
  const Case problem = both_sides();
  auto contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  for (const Contender& contender : contenders) EXPECT_EQ(contender.status, Status::ok);
}

TEST(Admission, NamesWhyAnImplementationDoesNotFit) {
  TestRun run;
  const Case problem = scale_case(
      {1024}, {{"odd", Rung::tuned, true, odd_only, prepare_scale<CpuCall, Fault::none>}});
  auto contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  EXPECT_EQ(contenders[0].status, Status::skipped);
  EXPECT_EQ(contenders[0].reason, "only odd sizes");
}

TEST(Admission, WithoutADeviceSkipsCudaWithWhatWasFound) {
  TestRun run;
  const Case problem = both_sides();
  auto contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  EXPECT_EQ(contenders[0].status, Status::ok);
  EXPECT_EQ(contenders[1].status, Status::skipped);
  EXPECT_EQ(contenders[1].reason, run.session.cuda_absence);
}

TEST(Admission, KeepsTheMemoryLimit) {
  FakeDevice device;
  TestRun run(&device);
  const Case problem = both_sides();
  const std::size_t needed = host_bytes_needed(problem.problem, run.session.cpu_cold_bytes);
  EXPECT_GE(needed, run.session.cpu_cold_bytes);
  for (std::size_t limit : {needed, needed - 1}) {
    run.session.memory_limit = limit;
    auto contenders = contenders_of(problem);
    admit(problem, contenders, run.session);
    for (const Contender& contender : contenders) {
      EXPECT_EQ(contender.status, limit == needed ? Status::ok : Status::skipped);
    }
    if (limit < needed) {
      EXPECT_NE(contenders[0].reason.find(std::to_string(needed)), std::string::npos);
    }
  }
}

TEST(Admission, KeepsTheDevicesMemory) {
  FakeDevice device({.memory = 4096});
  TestRun run(&device);
  const Case problem = both_sides();
  auto contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  EXPECT_EQ(contenders[0].status, Status::ok);
  EXPECT_EQ(contenders[1].status, Status::skipped);
  EXPECT_NE(contenders[1].reason.find("4096 B are free"), std::string::npos)
      << contenders[1].reason;
}

TEST(Admission, CountsWhatImplementationsKeep) {
  FakeDevice device({.memory = std::size_t{1} << 20});
  TestRun run(&device);
  Case problem = both_sides();
  problem.problem.kept_bytes = std::size_t{1} << 20;
  const std::size_t tensors = host_bytes_needed(problem.problem, run.session.cpu_cold_bytes);
  run.session.memory_limit = tensors + problem.problem.kept_bytes;
  auto contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  EXPECT_EQ(contenders[0].status, Status::ok) << contenders[0].reason;
  EXPECT_NE(contenders[1].reason.find("B of device memory"), std::string::npos);
  run.session.memory_limit -= 1;
  contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  EXPECT_NE(contenders[0].reason.find("B of host memory"), std::string::npos);
}

TEST(Admission, SkipsACallThatIsPredictedToPassTheCap) {
  TestRun run;
  const Case problem = both_sides(50'000'000);
  run.session.memory_limit = std::size_t{1} << 40;
  // The same implementation took a second for a hundredth of it.
  run.session.predictions.learn(Scale{500'000}.view(), problem.candidates[0], 2, 1.0);
  auto contenders = contenders_of(problem);
  admit(problem, contenders, run.session);
  EXPECT_EQ(contenders[0].status, Status::skipped);
  EXPECT_NE(contenders[0].reason.find("predicted 100 s a call"), std::string::npos)
      << contenders[0].reason;
}

TEST(Admission, FitsTheFastestOfBothSidesOrNothing) {
  FakeDevice device;
  TestRun run(&device);
  const Case problem =
      scale_case({1024}, {cpu_scale<Fault::none>("c"), cpu_scale<Fault::none>("slower")},
                 {cuda_scale<Fault::none>("g")});
  const auto left_of = [&](double allowance_s) {
    auto contenders = contenders_of(problem);
    contenders[0].pilot_s = 0.1;
    contenders[1].pilot_s = 0.5;
    contenders[2].pilot_s = 0.2;
    fit_to_allowance(contenders, allowance_s, run.session);
    std::vector<bool> left;
    for (const Contender& contender : contenders) {
      left.push_back(contender.status == Status::ok);
      EXPECT_EQ(contender.reason.empty(), contender.status == Status::ok);
    }
    return left;
  };
  // Three repetitions: nine calls of each that cannot be avoided.
  EXPECT_EQ(left_of(100), (std::vector{true, true, true}));
  EXPECT_EQ(left_of(3), (std::vector{true, false, true}));
  EXPECT_EQ(left_of(2), (std::vector{false, false, false})) << "half a pair answers nothing";
}

TEST(Predictions, ScaleWithTheWorkAndAreKeptByImplementationAndThreads) {
  Predictions predictions;
  const Case large = both_sides(100'000'000);
  const Candidate& cpu = large.candidates[0];
  predictions.learn(Scale{1'000'000}.view(), cpu, 2, 0.01);
  EXPECT_NEAR(*predictions.seconds(large, cpu, 2, nullptr), 1.0, 1e-12);
  predictions.learn(Scale{1'000'000}.view(), cpu, 2, 0.02);
  EXPECT_NEAR(*predictions.seconds(large, cpu, 2, nullptr), 2.0, 1e-12) << "the last one counts";
  predictions.learn(Scale{1'000'000}.view(), cpu, 1, 0.05);
  EXPECT_NEAR(*predictions.seconds(large, cpu, 1, nullptr), 5.0, 1e-12);
}

TEST(Predictions, AreNotMadeForCheapWork) {
  Predictions predictions;
  const Case small = both_sides(1000);
  EXPECT_FALSE(predictions.seconds(small, small.candidates[0], 2, nullptr));
}

TEST(Predictions, CalibrateOnASmallKinOfTheProblem) {
  Predictions predictions;
  FakeDevice device;
  const Case large = both_sides(100'000'000);
  for (const Candidate& candidate : large.candidates) {
    const auto seconds = predictions.seconds(large, candidate, 2, &device);
    ASSERT_TRUE(seconds);
    EXPECT_GT(*seconds, 0);
  }
  EXPECT_EQ(device.allocations(), 0u);
}

TEST(Predictions, OfWhatThrowsAreLeftToItsVerification) {
  Predictions predictions;
  const Case large = scale_case({100'000'000}, {cpu_scale<Fault::not_std>("c")});
  EXPECT_FALSE(predictions.seconds(large, large.candidates[0], 2, nullptr));
}

}  // namespace
}  // namespace breakeven::test
