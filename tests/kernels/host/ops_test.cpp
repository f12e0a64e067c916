#include <gtest/gtest.h>

#include "kernels/batch_norm/list.h"
#include "kernels/bias/list.h"
#include "kernels/elementwise/list.h"
#include "kernels/host/schedule.h"
#include "kernels/pool/list.h"
#include "kernels/sgd/list.h"
#include "kernels/softmax_cross_entropy/list.h"
#include "tests/support/device_run.h"
#include "tests/support/ops_check.h"
#include "tests/support/oracle_check.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

template <class Problem>
std::vector<std::byte> result_of(const CudaImplementation<Problem>& implementation,
                                 const Problem& p, Fill fill) {
  const ProblemTensors tensors(p.view(), fill, 17);
  test::run_on_device(implementation, p, tensors);
  test::expect_matches_oracle(p.view(), tensors, fill, test::math_mode_of(implementation, p));
  std::vector<std::byte> all;
  for (const Tensor& output : tensors.outputs()) {
    const auto* data = output.as<std::byte>();
    all.insert(all.end(), data, data + output.bytes());
  }
  return all;
}

/// Both tiers, where there are both, and the same bits under every schedule.
template <class List, class Problem>
void expect_all_right(const List& list, const std::vector<Problem>& problems) {
  for (const auto& implementation : list) {
    int taken = 0;
    for (const Problem& p : problems) {
      if (!implementation.supports(p)) continue;
      ++taken;
      SCOPED_TRACE(std::string(implementation.name) + " " + p.id());
      if (p.view().exact_range > 0) result_of(implementation, p, Fill::integers);
      EXPECT_EQ(test::disagreement([&] { return result_of(implementation, p, Fill::normal); }), "");
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(taken, 0) << implementation.name;
  }
}

TEST(HostElementwise, IsRightUnderEverySchedule) {
  expect_all_right(cuda_elementwise_list(), test::elementwise_problems());
}
TEST(HostSgd, IsRightUnderEverySchedule) {
  expect_all_right(cuda_sgd_list(), test::sgd_problems());
}
TEST(HostSoftmaxCrossEntropy, IsRightUnderEverySchedule) {
  expect_all_right(cuda_softmax_cross_entropy_list(), test::softmax_cross_entropy_problems());
}
TEST(HostPool, IsRightUnderEverySchedule) {
  expect_all_right(cuda_pool_list(), test::pool_problems());
}
TEST(HostBatchNorm, IsRightUnderEverySchedule) {
  expect_all_right(cuda_batch_norm_list(), test::batch_norm_problems());
}
TEST(HostBias, IsRightUnderEverySchedule) {
  expect_all_right(cuda_bias_list(), test::bias_problems());
}

}  // namespace
}  // namespace breakeven
