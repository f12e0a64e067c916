#include <gtest/gtest.h>

#include <iostream>

#include "cpu_reference/conv/list.h"
#include "tests/support/cpu_call.h"
#include "tests/support/oracle_check.h"
#include "tests/support/random_conv.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

constexpr int kProblems = 300;  // for each implementation

/// What is wrong with an implementation's result in integers; nothing for what it does not take.
std::string complaint(const CpuImplementation<ConvProblem>& implementation, const ConvProblem& p) {
  if (!implementation.supports(p)) return "";
  ProblemTensors tensors(p.view(), Fill::integers, 23);
  const CpuCall call = implementation.prepare(p);
  test::pack(call, tensors);
  test::run(call, tensors);
  return test::complaint(p.view(), tensors, Fill::integers);
}

class CpuConvProperty : public testing::TestWithParam<std::size_t> {};

TEST_P(CpuConvProperty, AnyGeometryIsRight) {
  const CpuImplementation<ConvProblem>& implementation = cpu_conv_list()[GetParam()];
  const std::uint64_t seed = test::test_seed();
  std::cout << "BREAKEVEN_TEST_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  int taken = 0;
  for (int drawn = 0; taken < kProblems && drawn < 100 * kProblems; ++drawn) {
    ConvProblem p = test::random_conv(random, 9, drawn % 8 == 0 ? 40 : 5);
    if (!implementation.supports(p))
      p.n += 7 + static_cast<std::int64_t>(random() % 32);  // some take large batches only
    if (!implementation.supports(p)) continue;
    ++taken;
    if (complaint(implementation, p).empty()) continue;
    const ConvProblem smallest = test::shrunk(
        p, [&](const ConvProblem& one) { return !complaint(implementation, one).empty(); });
    FAIL() << smallest.id() << ": " << complaint(implementation, smallest) << "; first seen as "
           << p.id() << " with BREAKEVEN_TEST_SEED=" << seed;
  }
  EXPECT_EQ(taken, kProblems);
}

INSTANTIATE_TEST_SUITE_P(All, CpuConvProperty,
                         testing::Range<std::size_t>(0, cpu_conv_list().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) {
                           return std::string(cpu_conv_list()[info.param].name);
                         });

// A fault that takes a stride and two filters: nothing else may be left of the problem.
TEST(Shrinking, EndsAtTheSmallestProblemThatFails) {
  std::mt19937_64 random(3);
  const auto fails = [](const ConvProblem& p) { return p.axes[2].stride >= 3 && p.k >= 2; };
  int seen = 0;
  for (int i = 0; i < 200; ++i) {
    const ConvProblem p = test::random_conv(random, 12, 9);
    if (!fails(p)) continue;
    ++seen;
    const ConvProblem smallest = test::shrunk(p, fails);
    EXPECT_TRUE(fails(smallest));
    EXPECT_EQ(smallest.k, 2);
    EXPECT_EQ(smallest.n * smallest.group_c(), 1) << smallest.id();
    EXPECT_EQ(smallest.axes[2], (ConvAxis{.input = 1, .filter = 1, .stride = 3})) << smallest.id();
    for (const ConvProblem& simpler : test::simpler(smallest)) EXPECT_FALSE(fails(simpler));
  }
  EXPECT_GT(seen, 20);
}

}  // namespace
}  // namespace breakeven
