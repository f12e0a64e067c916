#include "benchmarks/harness/measurement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "benchmarks/harness/pairs.h"
#include "tests/benchmarks/harness/fake_device.h"
#include "tests/benchmarks/harness/test_run.h"

namespace breakeven::test {
namespace {

constexpr double kUnlimited = 1e9;
const Scale kProblem{1000};

CaseResult measure(TestRun& run, const Case& problem, double allowance_s = kUnlimited) {
  return measure_case(problem, all_entries(problem, run.session), allowance_s, run.session);
}

Case right_on_both_sides() {
  return scale_case(kProblem, {cpu_scale<Fault::none>("c")}, {cuda_scale<Fault::none>("g")});
}

TEST(Measurement, GivesARowForEachRepetitionAndCacheStateOfBothSides) {
  FakeDevice device;
  TestRun run(&device);
  const Case problem = right_on_both_sides();
  const CaseResult result = measure(run, problem);
  std::set<std::string> seen;
  for (const Json& row : run.rows("case")) {
    EXPECT_EQ(row["status"], "ok") << row["reason"];
    seen.insert(row["side"].get<std::string>() + row["cache"].get<std::string>() +
                std::to_string(row["repetition"].get<int>()));
    EXPECT_EQ(row["samples_s"].size() >= 1, true);
    EXPECT_GT(row["median_s"], 0);
    EXPECT_EQ(row["check"]["exact"], "passed");
    EXPECT_EQ(row["check"]["real"], "passed");
    EXPECT_EQ(row["check"]["after"], "passed");
    EXPECT_EQ(row["check"]["inputs_unchanged"], true);
    EXPECT_EQ(row["check"]["elements"], 1000);
    EXPECT_EQ(row["inputs"]["zero_fraction"], 0);
    EXPECT_EQ(row["call_s"].is_null(), row["side"] == "cpu" || row["cache"] == "cold");
    EXPECT_EQ(row["threads"].is_null(), row["side"] == "cuda");
  }
  EXPECT_EQ(seen.size(), 2u * 2 * 3);
  EXPECT_EQ(run.rows("case").size(), seen.size());
  EXPECT_EQ(run.rows("transfer").size(), 2u * 3);
  EXPECT_EQ(pair_rows(problem, result, 2).size(), 2u * 2)
      << "no pairing but the fastest, nothing else ran";
  EXPECT_EQ(device.allocations(), 0u) << "everything is given back";
}

/// Adds a tensor that stays where it is, of which no result is told but as a whole.
Case with_state(Case problem) {
  problem.problem.tensors.push_back({"kept", {kProblem.n}, Dtype::f32, Role::state});
  problem.problem.oracle.element = nullptr;
  return problem;
}

TEST(Measurement, CopiesNoStateAndReplaysFromIt) {
  FakeDevice device;
  TestRun run(&device);
  measure(run, with_state(right_on_both_sides()));
  for (const Json& row : run.rows("transfer")) {
    EXPECT_EQ(row["status"], "ok");
    EXPECT_EQ(row["h2d_bytes"], 4 * kProblem.n);
    EXPECT_EQ(row["d2h_bytes"], 4 * kProblem.n);
  }
  for (const Json& row : run.rows("case")) {
    EXPECT_EQ(row["check"]["after"], "passed") << row["reason"];
    EXPECT_TRUE(row["check"]["elements"].is_null());
  }
}

TEST(Measurement, ReadsResultsBackWhereCallsGoOnFromEachOther) {
  for (const bool goes_on : {false, true}) {
    FakeDevice device({.copy_delay_s = 2e-3});
    TestRun run(&device);
    measure(run, goes_on ? with_state(right_on_both_sides()) : right_on_both_sides());
    int measured = 0;
    for (const Json& row : run.rows("case")) {
      const bool expected = goes_on && row["side"] == "cuda" && row["cache"] == "warm";
      EXPECT_EQ(row["read_back_s"].is_null(), !expected) << row;
      if (!expected) continue;
      ++measured;
      EXPECT_GE(row["read_back_s"], 2e-3) << "the copy is part of it";
    }
    EXPECT_EQ(measured > 0, goes_on);
  }
}

TEST(Measurement, LoadsABatchForEachCallOfAnEpoch) {
  FakeDevice device({.copy_delay_s = 1e-3});
  TestRun run(&device);
  Case problem = with_state(right_on_both_sides());
  int loaders = 0;
  problem.problem.items = 8;
  problem.problem.make_loader = [&] {
    ++loaders;
    return [](Tensors tensors) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::fill_n(tensors[0].as<float>(), tensors[0].elements, 7.0F);
    };
  };
  const CaseResult result =
      measure_case(problem, all_entries(problem, run.session), 1e9, run.session);
  EXPECT_EQ(loaders, 1);
  for (const Json& row : run.rows("case")) {
    ASSERT_EQ(row["status"], "ok") << row["reason"];  // what it loaded is checked by nobody
    const bool expected = row["side"] == "cpu" && row["cache"] == "warm";
    EXPECT_EQ(row["epoch_step_s"].is_null(), !expected);
    if (expected) {
      EXPECT_GE(row["epoch_step_s"], 1e-3);
    }
  }
  for (const Json& row : run.rows("transfer")) EXPECT_GE(row["epoch_step_s"], 2e-3);
  int pairs = 0;
  for (const Json& pair : pair_rows(problem, result, run.session.all_threads)) {
    EXPECT_EQ(pair["speedup_epoch"].is_null(), pair["cache"] == "cold");
    pairs += pair["cache"] == "warm";
  }
  EXPECT_GT(pairs, 0);
}

/// Has a candidate's calls mark their parts, one of them twice.
void mark_parts(Candidate& candidate) {
  candidate.prepare = [prepare = candidate.prepare](Stream stream) {
    Call<> call = prepare(stream);
    call.run_in_parts = [run = call.run](Tensors tensors, const Mark& mark) {
      run(tensors);
      mark("first");
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      mark("second");
      run(tensors);
      mark("first");
    };
    return call;
  };
}

TEST(Measurement, GivesThePartsOfACallInWarmRows) {
  FakeDevice device;
  TestRun run(&device);
  Case problem = right_on_both_sides();
  for (Candidate& candidate : problem.candidates) mark_parts(candidate);
  measure(run, problem);
  for (const Json& row : run.rows("case")) {
    if (row["cache"] == "cold") {
      EXPECT_TRUE(row["parts"].is_null());
      continue;
    }
    const Json& parts = row["parts"];
    ASSERT_EQ(parts.size(), 3U) << row;
    EXPECT_EQ(parts.begin().key(), "first_s");
    EXPECT_GE(parts["first_s"], 0);
    EXPECT_GE(parts["second_s"], 0.002);
    // The parts take far more than the call itself, which is told.
    EXPECT_GT(parts["closure"], 1);
    EXPECT_NE(std::ranges::find(row["flags"], "open"), row["flags"].end());
  }
}

TEST(Measurement, SidesAlternateInASeededOrder) {
  const auto order_of = [](std::uint64_t seed) {
    FakeDevice device;
    TestRun run(&device);
    run.session.repetitions = 6;
    run.session.random.seed(seed);
    measure(run, right_on_both_sides());
    std::vector<std::string> order;
    std::vector<int> numbers;
    for (const Json& row : run.rows()) {
      if (row["kind"] == "case") {
        order.push_back(row["side"].get<std::string>() + row["cache"].get<std::string>());
        EXPECT_EQ(row["order"], int(numbers.size()));
        numbers.push_back(row["repetition"]);
      } else {
        order.push_back(row["host_memory"]);
      }
    }
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << "repetitions alternate";
    return order;
  };
  EXPECT_EQ(order_of(1), order_of(1));
  EXPECT_NE(order_of(1), order_of(2));
}

// Library descriptors rebuilt in each timed call.
TEST(Traps, PrepareIsApartAndDoneOnce) {
  static int prepared = 0;
  prepared = 0;
  const CpuImplementation<Scale> counting{
      "c", Rung::library, true, supports_all, [](const Scale& problem) {
        ++prepared;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return prepare_scale<CpuCall, Fault::none>(problem);
      }};
  TestRun run;
  measure(run, scale_case(kProblem, {counting}));
  EXPECT_EQ(prepared, 1);
  for (const Json& row : run.rows("case")) EXPECT_GE(row["prepare_s"], 0.05);
}

// A flush buffer of exactly the L2's size; lines kept as persisting survive a flush.
TEST(Traps, PersistingLinesAreResetBeforeEachRepetition) {
  FakeDevice device;
  TestRun run(&device);
  measure(run, scale_case(kProblem, {}, {cuda_scale<Fault::none>("g")}));
  EXPECT_EQ(device.persisting_resets(), 2 * 3);
}

/// Outputs in the order in which the calls wrote them.
std::vector<const void*> written;

CpuCall noting_prepare(const Scale&) {
  return {[](Tensors tensors) {
    scale<Fault::none>(tensors, 0);
    written.push_back(tensors[1].data);
  }};
}

TEST(Traps, ContendersDoNotBeginOnWhatTheOneBeforeLeftInTheCache) {
  written.clear();
  TestRun run;
  measure(run, scale_case(kProblem, {{"a", Rung::tuned, true, supports_all, noting_prepare},
                                     {"b", Rung::tuned, true, supports_all, noting_prepare}}));
  // Warm calls and checks stay on the first set; without it the others come round in their order.
  std::vector<const void*> rotated;
  for (const void* output : written) {
    if (output != written.front()) rotated.push_back(output);
  }
  const std::set<const void*> sets(rotated.begin(), rotated.end());
  ASSERT_GE(sets.size(), 5u);
  for (std::size_t i = 0; i + 1 < rotated.size(); ++i) {
    const auto next = sets.upper_bound(rotated[i]);
    ASSERT_EQ(rotated[i + 1], next == sets.end() ? *sets.begin() : *next) << "call " << i;
  }
}

Json ceiling_row(const char* name, const char* side, double value) {
  return {{"kind", "ceiling"}, {"name", name},   {"side", side},  {"dtype", "f32"},
          {"threads", 2},      {"value", value}, {"status", "ok"}};
}

TEST(Traps, ARateOverTheCeilingIsSuspect) {
  for (const char* name : {"fma", "triad"}) {
    FakeDevice device;
    TestRun run(&device);
    run.session.ceilings.add(ceiling_row(name, "cpu", 1e3));  // a thousand a second
    const Case problem = right_on_both_sides();
    const CaseResult result = measure(run, problem);
    for (const Json& row : run.rows("case")) {
      const bool over =
          row["side"] == "cpu" && (std::string(name) == "fma" || row["cache"] == "cold");
      const auto& flags = row["flags"];
      EXPECT_EQ(std::find(flags.begin(), flags.end(), "suspect") != flags.end(), over) << row;
      EXPECT_EQ(row["status"], "ok") << "a flag is no failure";
    }
    EXPECT_FALSE(run.session.any_failed || run.session.any_error);
  }
}

// Throttled samples discarded until none was left.
TEST(Traps, ThrottledSamplesAreMarkedNeverDiscarded) {
  FakeDevice device({.clock_mhz = {1800, 1200}});
  TestRun run(&device);
  measure(run, scale_case(kProblem, {}, {cuda_scale<Fault::none>("g")}));
  const Json first = run.rows("case").at(0);
  EXPECT_EQ(std::count(first["flags"].begin(), first["flags"].end(), "throttled"), 1);
  EXPECT_FALSE(first["samples_s"].empty());
  EXPECT_EQ(first["clock"]["before_mhz"], 1800);
  EXPECT_EQ(first["clock"]["after_mhz"], 1200);
}

TEST(Measurement, TheNextOfThePilotTakesThePlaceOfAWinnerThatFails) {
  FakeDevice device;
  TestRun run(&device);
  const Case problem = scale_case(
      kProblem, {cpu_scale<Fault::none>("c")},
      {cuda_scale<Fault::slow>("next"), cuda_scale<Fault::wrong_element_later>("winner")});
  const CaseResult result = measure(run, problem);
  const auto pairs = pair_rows(problem, result, 2);
  EXPECT_EQ(pairs.size(), 2u * 2);
  for (const Json& row : pairs) {
    EXPECT_EQ(row["cuda_implementation"], "next");
    EXPECT_FALSE(row["speedup_kernel"].is_null());
    EXPECT_EQ(row["speedup_end_to_end"].is_null(), row["cache"] == "cold");
  }
  for (const Json& row : run.rows("transfer")) {
    EXPECT_EQ(row["status"] == "ok", row["implementation"] == "next");
  }
}

TEST(Measurement, WhatDoesNotFitInTheBudgetIsSkippedOnBothSides) {
  FakeDevice device;
  TestRun run(&device);
  measure(run, right_on_both_sides(), /*allowance_s=*/1e-9);
  std::set<std::string> sides;
  for (const Json& row : run.rows("case")) sides.insert(row["side"]);
  EXPECT_EQ(sides, (std::set<std::string>{"cpu", "cuda"})) << "each has a row that says so";
  for (const Json& row : run.rows("case")) {
    EXPECT_EQ(row["status"], "skipped");
    EXPECT_NE(row["reason"].get<std::string>().find("budget"), std::string::npos);
    EXPECT_TRUE(row["median_s"].is_null());
  }
  EXPECT_TRUE(run.rows("transfer").empty());
}

TEST(Measurement, AProblemThatIsNotTimedIsStillVerified) {
  const auto with_rows = [](const CpuImplementation<Scale>& implementation) {
    TestRun run;
    Case problem = scale_case(kProblem, {implementation});
    problem.problem.not_timed = "verified only";
    measure(run, problem);
    return run.rows("case").at(0);
  };
  const Json right = with_rows(cpu_scale<Fault::none>("c"));
  EXPECT_EQ(right["status"], "skipped");
  EXPECT_EQ(right["reason"], "verified only");
  EXPECT_EQ(right["check"]["real"], "passed");
  EXPECT_EQ(with_rows(cpu_scale<Fault::wrong_element>("c"))["status"], "failed");
}

TEST(Measurement, AProblemWithoutAnExactTierHasNone) {
  TestRun run;
  Case problem = scale_case(kProblem, {cpu_scale<Fault::none>("c")});
  problem.problem.exact_range = 0;
  measure(run, problem);
  for (const Json& row : run.rows("case")) {
    EXPECT_EQ(row["status"], "ok") << row["reason"];
    EXPECT_EQ(row["check"]["exact"], "not_run");
    EXPECT_EQ(row["check"]["real"], "passed");
  }
}

TEST(Measurement, FillIsWhatIsTimed) {
  TestRun run;
  run.session.fill = Fill::zeros;
  measure(run, scale_case(kProblem, {cpu_scale<Fault::none>("c")}));
  for (const Json& row : run.rows("case")) {
    EXPECT_EQ(row["status"], "ok");
    EXPECT_EQ(row["inputs"]["zero_fraction"], 1);
  }
}

}  // namespace
}  // namespace breakeven::test
