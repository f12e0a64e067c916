#include "benchmarks/harness/pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/benchmarks/harness/scale.h"

namespace breakeven::test {
namespace {

/// A measured problem, put together by hand: a library and a naive CPU implementation, one thread
/// and all (4), and a CUDA one.
class Result {
 public:
  Result() {
    problem.problem = Scale{1024}.view();
    problem.tags = {"list:row"};
    problem.candidates = {
        {Side::cpu, "library", Rung::library, true, {}, {}},
        {Side::cpu, "tuned", Rung::tuned, true, {}, {}},
        {Side::cpu, "naive", Rung::naive, false, {}, {}},
        {Side::cuda, "kernel", Rung::tuned, false, {}, {}},
    };
    add(0, 4, 0.010);
    add(0, 1, 0.040);
    add(1, 4, 0.020);
    add(1, 1, 0.080);
    add(2, 1, 0.900);
    add(3, 0, 0.001);
    result.series[kGpu].call = Series(5, 0.002);
    result.transfer_contender = kGpu;
    for (HostMemory memory : {HostMemory::pageable, HostMemory::pinned}) {
      const double h2d = memory == HostMemory::pinned ? 0.003 : 0.006;
      result.transfers[memory] = {
          Series(5, h2d), Series(5, 0.001), Series(5, h2d + 0.004), Series(5), {}};
    }
  }

  std::vector<Json> rows() const { return pair_rows(problem, result, 4); }
  std::vector<Json> rows(const std::string& pairing, const std::string& cache = "warm",
                         const std::string& memory = "pinned") const {
    std::vector<Json> some;
    for (const Json& row : rows()) {
      if (row["pairing"] == pairing && row["cache"] == cache && row["host_memory"] == memory) {
        some.push_back(row);
      }
    }
    return some;
  }
  Json row(const std::string& pairing, const std::string& cache = "warm",
           const std::string& memory = "pinned") const {
    const auto found = rows(pairing, cache, memory);
    EXPECT_EQ(found.size(), 1u) << pairing;
    return found.empty() ? Json() : found[0];
  }

  static constexpr std::size_t kLibraryAll = 0, kLibraryOne = 1, kTunedAll = 2, kNaive = 4,
                               kGpu = 5;
  Case problem;
  CaseResult result;

 private:
  void add(std::size_t candidate, int threads, double seconds) {
    result.contenders.push_back({.candidate = &problem.candidates[candidate], .threads = threads});
    result.contenders.back().pilot_s = seconds;
    result.series.push_back({Series(5, seconds), Series(5, 2 * seconds), Series(5), Series(5), {}});
  }
};

TEST(Pairs, HaveEveryPairingCacheStateAndKindOfHostMemory) {
  const Result result;
  EXPECT_EQ(result.rows().size(), 3u * 2 * 2);
  for (const char* pairing : {"fastest", "one_thread", "naive"}) {
    for (const char* cache : {"warm", "cold"}) {
      for (const char* memory : {"pageable", "pinned"}) {
        EXPECT_EQ(result.rows(pairing, cache, memory).size(), 1u) << pairing << cache << memory;
      }
    }
  }
}

// An advertised CPU baseline on one thread, or from an unoptimised path.
TEST(Traps, TheBaselineIsTheFastestOnAllCoresAndNamedWithItsThreads) {
  const Result result;
  const Json headline = result.row("fastest");
  EXPECT_EQ(headline["cpu_implementation"], "library");
  EXPECT_EQ(headline["cpu_threads"], 4);
  const Json one = result.row("one_thread");
  EXPECT_EQ(one["cpu_implementation"], "library");
  EXPECT_EQ(one["cpu_threads"], 1);
  const Json naive = result.row("naive");
  EXPECT_EQ(naive["cpu_implementation"], "naive");
  EXPECT_EQ(naive["cpu_threads"], 1);
}

TEST(Pairs, TheirFiguresFollowFromTheRepetitions) {
  const Result result;
  const Json row = result.row("fastest");
  EXPECT_DOUBLE_EQ(row["speedup_kernel"]["estimate"], 10);
  EXPECT_DOUBLE_EQ(row["speedup_call"]["estimate"], 5);
  EXPECT_NEAR(row["speedup_end_to_end"]["estimate"], 0.010 / 0.007, 1e-12);
  EXPECT_EQ(row["speedup_kernel"]["repetitions"], 5);
  EXPECT_NEAR(row["transfer_share"], 4.0 / 7, 1e-12);
  EXPECT_EQ(row["break_even_calls"], 1) << "8 ms gained a call, 4 ms of copies";
  ASSERT_EQ(row["speedup_amortised"].size(), 4u);
  EXPECT_NEAR(row["speedup_amortised"][0]["speedup"], 10.0 / 6, 1e-12);
  EXPECT_EQ(row["speedup_amortised"][3]["calls"], 1000);
  const Json pageable = result.row("fastest", "warm", "pageable");
  EXPECT_GT(pageable["h2d_s"], row["h2d_s"]);
}

TEST(Pairs, LikeIsPairedWithLike) {
  Result result;
  result.result.series[Result::kGpu].cold = Series(5, 0.004);
  EXPECT_DOUBLE_EQ(result.row("fastest", "cold")["speedup_kernel"]["estimate"], 0.020 / 0.004);
  // Calls back to back find their data in the cache: no cold figure is made of them.
  EXPECT_TRUE(result.row("fastest", "cold")["speedup_call"].is_null());
  EXPECT_TRUE(result.row("fastest", "cold")["break_even_calls"].is_null());
  EXPECT_TRUE(result.row("fastest", "cold")["reason"].is_string());
}

TEST(Pairs, TheWinnerIsChosenOnThePilotAndNotOnTheRepetitions) {
  Result result;
  result.result.series[Result::kTunedAll].warm = Series(5, 0.005);  // lucky afterwards
  const Json row = result.row("fastest");
  EXPECT_EQ(row["cpu_implementation"], "library");
  EXPECT_DOUBLE_EQ(row["cpu_s"], 0.010);
}

TEST(Pairs, UseTheRepetitionsThatBothSidesHave) {
  Result result;
  result.result.series[Result::kLibraryAll].warm[1].reset();
  result.result.series[Result::kGpu].warm[4].reset();
  const Json row = result.row("fastest");
  EXPECT_EQ(row["speedup_kernel"]["repetitions"], 3);
  EXPECT_EQ(row["speedup_call"]["repetitions"], 4);
}

TEST(Pairs, OfASingleRepetitionHaveNoInterval) {
  Result result;
  for (std::size_t r = 1; r < 5; ++r) result.result.series[Result::kGpu].warm[r].reset();
  const Json speedup = result.row("fastest")["speedup_kernel"];
  EXPECT_EQ(speedup["repetitions"], 1);
  EXPECT_TRUE(speedup["low"].is_null());
  EXPECT_TRUE(speedup["high"].is_null());
}

TEST(Pairs, WithoutRepetitionsInCommonHaveNoSpeedup) {
  Result result;
  result.result.series[Result::kGpu].warm = Series(5);
  EXPECT_TRUE(result.row("fastest")["speedup_kernel"].is_null());
}

// A failing result exported as 0.0, read downstream as a huge gain.
TEST(Traps, AFailedImplementationIsNoSideOfAPair) {
  for (Status status : {Status::failed, Status::error, Status::skipped}) {
    Result result;
    result.result.contenders[Result::kLibraryAll].end(status, "for a test");
    EXPECT_EQ(result.row("fastest")["cpu_implementation"], "tuned");
    result.result.contenders[Result::kNaive].end(status, "for a test");
    EXPECT_TRUE(result.rows("naive").empty());
    result.result.contenders[Result::kGpu].end(status, "for a test");
    EXPECT_TRUE(result.rows().empty());
  }
}

TEST(Pairs, WithoutAnythingOnAllCoresHaveNoHeadline) {
  const Result result;
  std::set<std::string> pairings;
  for (const Json& row : pair_rows(result.problem, result.result, /*all_threads=*/8)) {
    pairings.insert(row["pairing"]);
  }
  EXPECT_EQ(pairings, (std::set<std::string>{"naive", "one_thread"}));
}

TEST(Pairs, NeedAGpu) {
  Result result;
  result.result.transfer_contender.reset();
  EXPECT_TRUE(result.rows().empty());
}

TEST(Pairs, AreFlaggedByAnyOfTheirRows) {
  Result result;
  EXPECT_TRUE(result.row("fastest")["flags"].empty());
  result.result.series[Result::kLibraryAll].flags[int(CacheState::warm)].insert("capped");
  result.result.series[Result::kGpu].flags[int(CacheState::warm)].insert("throttled");
  result.result.transfers[HostMemory::pinned].flags.insert("open");
  EXPECT_EQ(result.row("fastest")["flags"], Json({"capped", "open", "throttled"}));
  EXPECT_EQ(result.row("fastest", "warm", "pageable")["flags"], Json({"capped", "throttled"}));
  EXPECT_EQ(result.row("fastest", "cold", "pageable")["flags"], Json::array());
}

TEST(Pairs, SayNeverWhereTheCallIsNoFaster) {
  Result result;
  result.result.series[Result::kGpu].call = Series(5, 0.010);
  EXPECT_EQ(result.row("fastest")["break_even_calls"], "never");
  EXPECT_TRUE(result.row("one_thread")["break_even_calls"].is_number());
}

}  // namespace
}  // namespace breakeven::test
