#include "cpu_reference/gemm/batch_plan.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <vector>

namespace breakeven::cpu_gemm {
namespace {

TEST(BatchPlan, SharesOnlyWhatWouldLeaveThreadsIdle) {
  // batch, threads, what one matrix is worth, alone, team.
  struct Row {
    std::int64_t batch;
    int threads;
    double worth;
    std::int64_t alone;
    int team;
  };
  for (const Row& row : {Row{1, 1, 100, 1, 1}, Row{1, 8, 0.1, 1, 1}, Row{1, 8, 3.5, 0, 3},
                         Row{1, 8, 100, 0, 8}, Row{16, 8, 100, 16, 8}, Row{17, 8, 100, 16, 8},
                         Row{1000, 64, 0.01, 1000, 1}, Row{63, 64, 2, 63, 2}}) {
    const BatchPlan plan = batch_plan(row.batch, row.threads, row.worth);
    EXPECT_EQ(plan.alone, row.alone) << row.batch << " " << row.threads << " " << row.worth;
    EXPECT_EQ(plan.team, row.team) << row.batch << " " << row.threads << " " << row.worth;
  }
}

TEST(BatchPlan, EachMatrixIsDoneOnceByAWholeTeam) {
  for (const int threads : {1, 2, 3, 5}) {
    for (const std::int64_t batch : {1, 4, 6, 11}) {
      const BatchPlan plan = batch_plan(batch, threads, 100);
      WorkCounter counter;
      for (int call = 0; call < 2; ++call) {  // the counter is used again
        std::vector<std::atomic<int>> done(static_cast<std::size_t>(batch * 10));
        for_each_matrix(plan, counter, [&](std::int64_t matrix, Team team, int workspace) {
          EXPECT_LT(workspace, plan.workspaces());
          team.share(10,
                     [&](std::int64_t i) { ++done[static_cast<std::size_t>(matrix * 10 + i)]; });
        });
        for (const auto& count : done) EXPECT_EQ(count, 1);
      }
    }
  }
}

// A stage begins when the one before is done, whatever their number.
TEST(Team, StagesFollowEachOther) {
  for (const int threads : {1, 2, 3, 5}) {
    WorkCounter counter;
    for (int call = 0; call < 3; ++call) {
      constexpr int stages = 7, pieces = 13;
      std::atomic<int> done{0};
      counter.restart();
#pragma omp parallel num_threads(threads)
      {
        Team team(counter, omp_get_thread_num(), omp_get_num_threads());
        for (int stage = 0; stage < stages; ++stage) {
          team.share(pieces, [&](std::int64_t) {
            EXPECT_GE(done.load(), stage * pieces);
            EXPECT_LT(done++, (stage + 1) * pieces);
          });
        }
      }
      EXPECT_EQ(done, stages * pieces);
    }
  }
}

}  // namespace
}  // namespace breakeven::cpu_gemm
