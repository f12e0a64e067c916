#include <gtest/gtest.h>

#include "benchmarks/harness/options.h"

namespace breakeven {
namespace {

const std::vector<std::string> kWords{"smoke", "quick", "standard", "full"};

TEST(NearMiss, FindsTheWordATypoMeant) {
  EXPECT_EQ(near_miss("quikc", kWords), "quick");
  EXPECT_EQ(near_miss("smok", kWords), "smoke");
  EXPECT_EQ(near_miss("stanard", kWords), "standard");
  EXPECT_EQ(near_miss("full", kWords), "full");
}

TEST(NearMiss, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(near_miss("banana", kWords), "");
  EXPECT_EQ(near_miss("anything", {}), "");
  EXPECT_EQ(near_miss("", kWords), "");
}

}  // namespace
}  // namespace breakeven
