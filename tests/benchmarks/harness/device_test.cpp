#include <gtest/gtest.h>

#include "benchmarks/harness/measurement.h"
#include "benchmarks/harness/pairs.h"
#include "benchmarks/harness/transfers.h"
#include "tests/benchmarks/harness/fake_device.h"
#include "tests/benchmarks/harness/synthetic_clock.h"
#include "tests/benchmarks/harness/test_run.h"

namespace breakeven::test {
namespace {

const Scale kProblem{4096};

/// Both sides of a problem measured on a device in some trouble.
struct Measured {
  explicit Measured(Trouble trouble) : device(std::move(trouble)), run(&device) {
    problem = scale_case(kProblem, {cpu_scale<Fault::none>("c")}, {cuda_scale<Fault::none>("g")});
    result = measure_case(problem, all_entries(problem, run.session), 1e9, run.session);
  }
  std::vector<Json> rows(const char* kind, const char* side = nullptr) const {
    std::vector<Json> some;
    for (const Json& row : run.rows(kind)) {
      if (!side || row["side"] == side) some.push_back(row);
    }
    return some;
  }
  std::vector<Json> pairs() const { return pair_rows(problem, result, run.session.all_threads); }

  FakeDevice device;
  TestRun run;
  Case problem;
  CaseResult result;
};

void expect_cpu_side_is_whole(const Measured& measured) {
  EXPECT_EQ(measured.rows("case", "cpu").size(), 2u * 3);
  for (const Json& row : measured.rows("case", "cpu")) EXPECT_EQ(row["status"], "ok");
}

TEST(ADevice, ThatIsSlowIsMeasuredAndItsCopiesCounted) {
  const Measured measured({.copy_delay_s = 5e-3});
  EXPECT_FALSE(measured.run.session.any_error);
  for (const Json& row : measured.rows("transfer")) {
    EXPECT_GE(row["h2d_s"], 5e-3);
    EXPECT_GE(row["d2h_s"], 5e-3);
    EXPECT_GE(row["end_to_end_s"], 10e-3);
  }
  ASSERT_FALSE(measured.pairs().empty());
  for (const Json& pair : measured.pairs()) EXPECT_GT(pair["transfer_share"], 0);
}

TEST(ADevice, ThatIsBusyGivesARowWithAStatusAndNoHang) {
  const Measured measured({.busy = true});
  expect_cpu_side_is_whole(measured);
  const auto rows = measured.rows("case", "cuda");
  ASSERT_FALSE(rows.empty());
  for (const Json& row : rows) {
    EXPECT_EQ(row["status"], "error");
    EXPECT_NE(row["reason"].get<std::string>().find("queue"), std::string::npos) << row["reason"];
  }
  EXPECT_TRUE(measured.pairs().empty());
  EXPECT_TRUE(measured.run.session.any_error);
}

TEST(ADevice, ThatFailsForGoodTakesNoRowOfTheCpuWithIt) {
  const int all_calls = Measured({}).device.calls();
  ASSERT_GT(all_calls, 200);
  for (int call : {1, 2, 3, 5, 8, 13, 21, 34, 55, 100, 200}) {
    const Measured measured({.failing_from_call = call});
    expect_cpu_side_is_whole(measured);
    EXPECT_TRUE(measured.run.session.any_error) << call;
    bool named = false;
    for (const char* kind : {"case", "transfer"}) {
      for (const Json& row : measured.rows(kind)) {
        named = named || (row["status"] == "error" &&
                          row["reason"].get<std::string>().find("fake") != std::string::npos);
      }
    }
    EXPECT_TRUE(named) << "the failing call is in a row, failing from call " << call;
  }
}

TEST(ADevice, WithoutMemoryGivesAnErrorThatNamesTheCall) {
  const Measured measured({.out_of_memory = true});
  expect_cpu_side_is_whole(measured);
  for (const Json& row : measured.rows("case", "cuda")) {
    EXPECT_EQ(row["status"], "error");
    EXPECT_NE(row["reason"].get<std::string>().find("out of memory"), std::string::npos);
    EXPECT_NE(row["reason"].get<std::string>().find("fakeMalloc"), std::string::npos);
  }
}

TEST(ADevice, ThatIsKnownToBeTooSmallIsSkipped) {
  const Measured measured({.memory = 4096});
  expect_cpu_side_is_whole(measured);
  for (const Json& row : measured.rows("case", "cuda")) EXPECT_EQ(row["status"], "skipped");
  EXPECT_FALSE(measured.run.session.any_error);
}

TEST(ADevice, WithoutPinnedMemoryStillHasPageableCopiesAndSaysSo) {
  const Measured measured({.no_pinned_memory = true});
  int pageable = 0, pinned = 0;
  for (const Json& row : measured.rows("transfer")) {
    const bool is_pinned = row["host_memory"] == "pinned";
    ++(is_pinned ? pinned : pageable);
    EXPECT_EQ(row["status"], is_pinned ? "error" : "ok");
    if (is_pinned) {
      EXPECT_NE(row["reason"].get<std::string>().find("fakeMallocHost"), std::string::npos);
      EXPECT_TRUE(row["h2d_s"].is_null());
    }
  }
  EXPECT_EQ(pageable, 3);
  EXPECT_GE(pinned, 1);
  for (const Json& pair : measured.pairs()) EXPECT_EQ(pair["host_memory"], "pageable");
  EXPECT_FALSE(measured.pairs().empty());
}

// Demand-paged transfer time reported as 0; prefetch on a stream nobody waited for.
TEST(Traps, CopiesThatNobodyWaitedForLeaveTheRowOpen) {
  const Measured measured({.copy_delay_s = 1e-3, .copies_unseen = true});
  for (const Json& row : measured.rows("transfer")) {
    EXPECT_EQ(row["flags"], Json({"open"})) << row["closure"];
    EXPECT_LT(row["closure"], 0.95);
  }
  for (const Json& pair : measured.pairs()) {
    EXPECT_NE(std::find(pair["flags"].begin(), pair["flags"].end(), "open"), pair["flags"].end());
  }
}

// Nobody looked at what came back.
TEST(Traps, ResultsThatNeverArriveFailTheTransfer) {
  const Measured measured({.results_lost = true});
  expect_cpu_side_is_whole(measured);
  ASSERT_FALSE(measured.rows("transfer").empty());
  const Json row = measured.rows("transfer").front();
  EXPECT_EQ(row["status"], "failed");
  EXPECT_TRUE(row["end_to_end_s"].is_null());
  EXPECT_NE(row["reason"].get<std::string>().find("nan"), std::string::npos) << row["reason"];
  EXPECT_TRUE(measured.run.session.any_failed);
  EXPECT_TRUE(measured.pairs().empty());
}

// The parts and the whole of a region of which each part takes some milliseconds: they close.
TEST(Traps, ThePartsAddUpToTheMeasuredWhole) {
  const Measured measured({.copy_delay_s = 5e-3});
  const auto rows = measured.rows("transfer");
  ASSERT_EQ(rows.size(), 6u);
  for (const Json& row : rows) {
    const Json& parts = row["parts"];
    const double sum = parts["h2d_s"].get<double>() + parts["compute_s"].get<double>() +
                       parts["d2h_s"].get<double>() + parts["host_s"].get<double>();
    EXPECT_NEAR(sum / row["end_to_end_s"].get<double>(), row["closure"], 1e-9);
  }
}

TEST(Transfers, CountTheBytesThatTheRolesSay) {
  const Measured measured({});
  for (const Json& row : measured.rows("transfer")) {
    EXPECT_EQ(row["h2d_bytes"], 4 * 4096) << "x alone";
    EXPECT_EQ(row["d2h_bytes"], 4 * 4096) << "y alone";
    EXPECT_EQ(row["pin_s"].is_null(), row["host_memory"] == "pageable");
  }
}

// D2H copied half of the bytes.
TEST(Traps, AnInoutTensorIsCopiedBothWaysAndWhole) {
  FakeDevice device;
  ProblemView view = kProblem.view();
  view.tensors[1].role = Role::inout;
  HostBuffers image(view.tensors, 1);
  for (const Tensor& tensor : image.tensors(0)) fill_tensor(tensor, Fill::normal, 1, 1);
  HostEnd host(device, view, HostMemory::pinned, image);
  DeviceBuffers buffers(device, view.tensors, 1);
  const Tensors tensors = buffers.tensors(0);
  host.copy_in(tensors);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(hash_of(tensors[i]), hash_of(image.tensors(0)[i]));

  // And back: what the device then holds is what the host gets.
  fill_tensor(tensors[1], Fill::normal, 1, 2);
  const std::uint64_t computed = hash_of(tensors[1]);
  host.copy_out(tensors);
  poison_tensor(tensors[1]);
  host.copy_in(tensors);
  EXPECT_EQ(hash_of(tensors[1]), computed);
}

TEST(Transfers, BringBackEveryOutputAndNoneWhereOneIsReadToo) {
  FakeDevice device;
  ProblemView view = kProblem.view();
  view.tensors.push_back({"z", {3}, Dtype::f32, Role::output});
  const HostBuffers image(view.tensors, 1);
  const HostEnd host(device, view, HostMemory::pinned, image);
  ASSERT_EQ(host.outputs().size(), 2u);
  EXPECT_EQ(host.outputs()[1].elements, 3);
  view.tensors[1].role = Role::inout;
  EXPECT_TRUE(HostEnd(device, view, HostMemory::pinned, image).outputs().empty());
}

TEST(Launches, AreCountedWhereACallCanBeCaptured) {
  for (const bool cannot : {false, true}) {
    const Measured measured({.cannot_capture = cannot});
    for (const Json& row : measured.rows("case", "cuda")) {
      EXPECT_EQ(row["launches"], cannot ? Json(nullptr) : Json(3));
    }
    for (const Json& row : measured.rows("case", "cpu")) EXPECT_TRUE(row["launches"].is_null());
  }
}

/// What a device's rows of a changed problem say.
std::vector<Json> rows_of(FakeDevice& device, void (*change)(ProblemView&), const char* kind) {
  TestRun run(&device);
  Case problem =
      scale_case(kProblem, {cpu_scale<Fault::none>("c")}, {cuda_scale<Fault::none>("g")});
  change(problem.problem);
  measure_case(problem, all_entries(problem, run.session), 1e9, run.session);
  return run.rows(kind);
}

TEST(Sequences, OfBatchesAreMeasuredWithCopiesBehindAndBesideTheCalls) {
  FakeDevice device({.copy_delay_s = 5e-3});
  const auto rows = rows_of(device, [](ProblemView& view) { view.items = 32; }, "transfer");
  ASSERT_EQ(rows.size(), 6U);
  for (const Json& row : rows) {
    EXPECT_EQ(row["status"], "ok") << row["reason"];
    EXPECT_GE(row["sequence_s"], 5e-3);
    const bool pinned = row["host_memory"] == "pinned";
    EXPECT_EQ(row["overlapped_s"].is_null(), !pinned);
    if (pinned) {
      EXPECT_GE(row["overlapped_s"], 5e-3) << "this device does one after the other";
    }
  }
  EXPECT_GE(device.copies_ahead(), 3 * 4);
}

TEST(Sequences, AreOfBatchesOnly) {
  FakeDevice device;
  for (const Json& row : rows_of(device, [](ProblemView&) {}, "transfer")) {
    EXPECT_TRUE(row["sequence_s"].is_null());
    EXPECT_TRUE(row["overlapped_s"].is_null());
  }
  EXPECT_EQ(device.copies_ahead(), 0);
}

TEST(SingleCalls, AreMeasuredOnBothSidesWithTheSlowest) {
  FakeDevice device;
  const auto rows = rows_of(device, [](ProblemView& view) { view.single_calls = true; }, "case");
  for (const Json& row : rows) {
    if (row["cache"] == "cold") {
      EXPECT_TRUE(row["latency_p99_s"].is_null());
      continue;
    }
    EXPECT_GE(row["latency_calls"], 100);
    EXPECT_GT(row["latency_s"], 0);
    EXPECT_GE(row["latency_p99_s"], row["latency_s"]);
  }
}

TEST(DeviceSampling, HoldsTheStreamForShortCallsOnly) {
  for (double call_s : {1e-6, 5e-3}) {
    FakeDevice device({}, SyntheticClock::seconds);
    const Operation call = [&](int) { SyntheticClock::now_s += call_s; };
    const Samples samples =
        sample_device(device, call, 1, {.wall_cap_s = 10}, SyntheticClock::seconds);
    for (double seconds : samples.seconds) EXPECT_NEAR(seconds, call_s, 1e-9);
    EXPECT_LE(samples.batch, 128) << "bounded depth of the queue";
    EXPECT_EQ(device.blocks() > 5, call_s < 1e-3);
  }
}

TEST(DeviceSampling, BackToBackIsWallTimeByTheCalls) {
  FakeDevice device({}, SyntheticClock::seconds);
  int calls = 0;
  const Operation call = [&](int) {
    ++calls;
    SyntheticClock::now_s += 0.25;
  };
  EXPECT_NEAR(back_to_back_seconds(device, call, 8, SyntheticClock::seconds), 0.25, 1e-12);
  EXPECT_EQ(calls, 8);
  const Samples latency = sample_latency(device, call, {.wall_cap_s = 60}, SyntheticClock::seconds);
  EXPECT_NEAR(latency.seconds.front(), 0.25, 1e-12);
  EXPECT_EQ(latency.batch, 1);
}

}  // namespace
}  // namespace breakeven::test
