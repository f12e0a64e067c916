#include "benchmarks/harness/transfer_contender.h"

#include <gtest/gtest.h>

namespace breakeven::test {
namespace {

/// A CPU contender, then three CUDA ones, the fastest first; the budget has no room for the third.
class TransferContender : public testing::Test {
 protected:
  TransferContender() {
    for (std::size_t i = 0; i < 4; ++i) {
      result_.contenders.push_back({.candidate = i == 0 ? &cpu_ : &cuda_, .threads = 0});
      result_.contenders[i].pilot_s = 1e-3 * static_cast<double>(i);
      const Side side = result_.contenders[i].candidate->side;
      if (i < 3) units_.push_back({i, CacheState::warm, side, true, Rung::tuned, 1e-3});
      units_.push_back({i, CacheState::cold, side, true, Rung::tuned, 1e-3});
    }
    result_.transfers[HostMemory::pinned] = {
        Series(5, 1.0), Series(5, 2.0), Series(5, 3.0), Series(5, 4.0), {"open"}};
    choose_transfer_contender(result_, units_);
  }
  void fail(std::size_t contender) {
    result_.contenders[contender].end(Status::failed, "for a test");
    replace_failed_transfer_contender(result_);
  }

  const Candidate cpu_{Side::cpu, "c", Rung::tuned, true, {}, {}};
  const Candidate cuda_{Side::cuda, "g", Rung::tuned, false, {}, {}};
  std::vector<Unit> units_;
  CaseResult result_;
};

TEST_F(TransferContender, IsTheFastestOnTheDevice) { EXPECT_EQ(result_.transfer_contender, 1u); }

TEST_F(TransferContender, StaysWhileItIsRight) {
  fail(2);
  EXPECT_EQ(result_.transfer_contender, 1u);
  EXPECT_EQ(result_.transfers[HostMemory::pinned].end_to_end, Series(5, 3.0));
}

TEST_F(TransferContender, GivesItsPlaceToTheNextOnceItFailed) {
  fail(1);
  EXPECT_EQ(result_.transfer_contender, 2u);
  const TransferSeries& transfers = result_.transfers[HostMemory::pinned];
  EXPECT_EQ(transfers.end_to_end, Series(5)) << "its trips are void";
  EXPECT_EQ(transfers.epoch_step, Series(5));
  EXPECT_TRUE(transfers.flags.empty()) << "and so is what was said of them";
  EXPECT_EQ(transfers.h2d, Series(5, 1.0)) << "the copies do not depend on what is computed";
  EXPECT_EQ(transfers.d2h, Series(5, 2.0));
}

TEST_F(TransferContender, IsNeverOneWithoutRepetitions) {
  fail(1);
  fail(2);
  EXPECT_EQ(result_.transfer_contender, std::nullopt);
}

}  // namespace
}  // namespace breakeven::test
