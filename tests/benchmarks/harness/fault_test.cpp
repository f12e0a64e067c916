#include <gtest/gtest.h>

#include "benchmarks/harness/measurement.h"
#include "benchmarks/harness/pairs.h"
#include "tests/benchmarks/harness/fake_device.h"
#include "tests/benchmarks/harness/test_run.h"

namespace breakeven::test {
namespace {

const Scale kProblem{1000};

/// A faulty implementation beside a right one, on each side in turn.
template <Fault fault>
void expect_noticed(const char* status, const std::string& reason) {
  for (const std::string side : {"cpu", "cuda"}) {
    FakeDevice device;
    TestRun run(&device);
    Case problem =
        side == "cpu"
            ? scale_case(kProblem, {cpu_scale<fault>("bad"), cpu_scale<Fault::none>("good")},
                         {cuda_scale<Fault::none>("good")})
            : scale_case(kProblem, {cpu_scale<Fault::none>("good")},
                         {cuda_scale<fault>("bad"), cuda_scale<Fault::none>("good")});
    const CaseResult result =
        measure_case(problem, all_entries(problem, run.session), 1e9, run.session);
    int bad = 0;
    for (const Json& row : run.rows("case")) {
      if (row["implementation"] == "good") {
        EXPECT_EQ(row["status"], "ok") << side << ": the others are not disturbed";
        continue;
      }
      ++bad;
      EXPECT_EQ(row["side"], side);
      EXPECT_EQ(row["status"], status) << side << ": " << row["reason"];
      EXPECT_NE(row["reason"].get<std::string>().find(reason), std::string::npos) << row["reason"];
      for (const char* field : {"median_s", "samples_s", "ci_low_s", "ci_high_s", "call_s"}) {
        EXPECT_TRUE(row[field].is_null()) << field;
      }
    }
    EXPECT_GE(bad, 1) << "a benchmark that yields no row is an error";
    EXPECT_EQ(run.session.any_failed, std::string(status) == "failed");
    EXPECT_EQ(run.session.any_error, std::string(status) == "error");
    for (const Json& pair : pair_rows(problem, result, run.session.all_threads)) {
      EXPECT_EQ(pair["cpu_implementation"], "good");
      EXPECT_EQ(pair["cuda_implementation"], "good");
    }
    EXPECT_EQ(device.allocations(), 0u);
  }
}

/// One whose result lies in a layout of its own, alone.
template <Fault fault>
std::vector<Json> rows_of_own_layout() {
  TestRun run(nullptr);
  const Case problem = scale_case(
      kProblem, {{"own", Rung::tuned, true, supports_all, prepare_own_layout<fault>}}, {});
  measure_case(problem, all_entries(problem, run.session), 1e9, run.session);
  return run.rows("case");
}

TEST(Faults, NoneInAResultOfAnotherLayout) {
  for (const Json& row : rows_of_own_layout<Fault::none>()) {
    EXPECT_EQ(row["status"], "ok") << row["reason"];
    EXPECT_EQ(row["check"]["after"], "passed");
  }
}

// What an earlier call left in that layout must not pass for the result of a timed one.
TEST(Faults, ReturningEarlyDuringTimingWithAResultOfAnotherLayout) {
  const auto rows = rows_of_own_layout<Fault::returns_early_later>();
  ASSERT_FALSE(rows.empty());
  for (const Json& row : rows) {
    EXPECT_EQ(row["status"], "failed");
    EXPECT_NE(row["reason"].get<std::string>().find("after timing"), std::string::npos);
  }
}

TEST(Faults, OneWrongElement) { expect_noticed<Fault::wrong_element>("failed", "element 333"); }
TEST(Faults, OneWrongElementDuringTiming) {
  expect_noticed<Fault::wrong_element_later>("failed", "after timing");
}
TEST(Faults, OneElementUnwritten) { expect_noticed<Fault::unwritten_element>("failed", "nan"); }
TEST(Faults, AnInputChanged) { expect_noticed<Fault::input_changed>("failed", "input x"); }
TEST(Faults, AWriteOutOfBounds) { expect_noticed<Fault::out_of_bounds>("failed", "outside"); }
TEST(Faults, ANaN) { expect_noticed<Fault::nan>("failed", "nan"); }
TEST(Faults, ReturningEarly) { expect_noticed<Fault::returns_early>("failed", "nan"); }
TEST(Faults, ReturningEarlyDuringTiming) {
  expect_noticed<Fault::returns_early_later>("failed", "after timing");
}
TEST(Faults, Throwing) { expect_noticed<Fault::throws>("error", "the implementation threw"); }
TEST(Faults, ThrowingDuringTiming) {
  expect_noticed<Fault::throws_later>("error", "the implementation threw");
}
TEST(Faults, ThrowingInPrepare) {
  expect_noticed<Fault::throws_in_prepare>("error", "no handle to be had");
}
TEST(Faults, BadAlloc) { expect_noticed<Fault::bad_alloc>("error", "out of memory"); }
TEST(Faults, OutOfDeviceMemory) {
  expect_noticed<Fault::out_of_memory>("error", "out of memory: no workspace");
}
TEST(Faults, ThrowingWhatIsNoStdException) {
  expect_noticed<Fault::not_std>("error", "no std::exception");
}
TEST(Faults, ThrowingWhatIsNoStdExceptionDuringTiming) {
  expect_noticed<Fault::not_std_later>("error", "no std::exception");
}

}  // namespace
}  // namespace breakeven::test
