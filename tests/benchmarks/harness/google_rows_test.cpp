#include "benchmarks/harness/google_rows.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/benchmarks/harness/test_run.h"

namespace breakeven {
namespace {

// An interruption leaves some repetitions of a benchmark with a time and some without.
TEST(GoogleRows, RepetitionsWithoutATimeStandBesideMeasuredOnes) {
  const test::TemporaryFolder folder;
  Options options;
  options.program = "test_bench";
  options.repetitions = 3;
  options.benchmark_out = folder.path() / "out.json";
  options.google_benchmark = {"--benchmark_format=json"};

  Selected selected{.problem = {.problem = test::Scale{8}.view()},
                    .entries = {{0, 1}},
                    .names = {"scale/f32/n8/cpu/some"}};
  Candidate candidate{Side::cpu, "some", Rung::naive, false, {}, {}};
  auto measured = std::make_shared<Measured>();
  measured->result.contenders.push_back({.candidate = &candidate, .threads = 1});
  const Series nothing(3);
  measured->result.series.push_back({.warm = {1e-3, std::nullopt, std::nullopt},
                                     .cold = nothing,
                                     .call = nothing,
                                     .epoch_step = nothing,
                                     .flags = {}});
  testing::internal::CaptureStdout();
  GoogleBenchmark google(options);
  google.run(registrations(selected, [&] { return measured; }));
  google.finish();
  testing::internal::GetCapturedStdout();

  std::ifstream file(options.benchmark_out);
  const Json all = Json::parse(file);
  int with_time = 0, without = 0;
  for (const Json& run : all.at("benchmarks")) {
    if (run.at("run_type") != "iteration") continue;
    const bool skipped = run.contains("error_occurred") || run.contains("skipped");
    skipped ? ++without : ++with_time;
  }
  EXPECT_EQ(with_time, 1);
  EXPECT_EQ(without, 2);
}

}  // namespace
}  // namespace breakeven
