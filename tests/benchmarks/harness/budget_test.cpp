#include "benchmarks/harness/budget.h"

#include <gtest/gtest.h>

namespace breakeven {
namespace {

double now = 0;
double read_now() { return now; }

TEST(Budget, SharesWhatIsLeftEqually) {
  now = 100;
  const Budget budget(30, 6, 0, read_now);
  EXPECT_EQ(budget.share(4), 6);
  now += 4;
  EXPECT_EQ(budget.spent(), 10);
  EXPECT_EQ(budget.share(4), 5);
  EXPECT_EQ(budget.share(1), 20);
  now += 100;
  EXPECT_EQ(budget.share(1), 0) << "never less than nothing";
}

// The preset's time is that of the whole run: what comes later has its share of it, too.
TEST(Budget, LeavesLaterProgramsTheirShare) {
  now = 0;
  const Budget budget(30, 0, 6, read_now);
  EXPECT_EQ(budget.share(4), 3);
  now += 3;
  EXPECT_EQ(budget.share(3), 3) << "used as planned, the shares stay equal";
  EXPECT_EQ(Budget(30, 12, 0, [] { return 0.0; }).share(6), 3)
      << "and the next program has as much";
}

TEST(Budget, WithoutALimitNothingIsShort) {
  EXPECT_FALSE(Budget(std::nullopt, 0, 1000).limited());
  EXPECT_GE(Budget(std::nullopt, 0, 1000).share(1000), 1e9);
}

}  // namespace
}  // namespace breakeven
