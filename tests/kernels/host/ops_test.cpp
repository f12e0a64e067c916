#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "kernels/batch_norm/list.h"
#include "kernels/batch_norm/statistics.h"
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
/// What stands around a library's batch normalisation, which itself needs a GPU.
TEST(HostBatchNorm, StatisticsAreThoseOfTheInverseDeviations) {
  for (const std::int64_t c : {1, 255, 257}) {
    const BatchNormProblem p{.n = 3, .c = c, .places = 4};
    const auto count = static_cast<std::size_t>(c);
    std::vector<float> mean(count, 5), running_mean(count, 2), running_var(count, 3);
    std::vector<float> var(count), inverse(count), made(count);
    for (std::size_t i = 0; i < count; ++i) var[i] = 0.25f * static_cast<float>(i);  // from 0 on
    cuda_batch_norm::invert_deviations(p, var.data(), inverse.data(), nullptr);
    std::array<Tensor, 8> tensors{};
    tensors[3] = {running_mean.data(), Dtype::f32, c};
    tensors[4] = {running_var.data(), Dtype::f32, c};
    tensors[6] = {mean.data(), Dtype::f32, c};
    tensors[7] = {made.data(), Dtype::f32, c};
    cuda_batch_norm::finish_statistics(p, tensors, inverse.data(), nullptr);
    for (std::size_t i = 0; i < count; ++i) {
      const double true_inverse = 1 / std::sqrt(var[i] + BatchNormProblem::eps);
      EXPECT_NEAR(inverse[i], true_inverse, 1e-6 * true_inverse) << i;
      EXPECT_GE(made[i], 0) << i;
      EXPECT_NEAR(made[i], var[i], 1e-6 * (var[i] + BatchNormProblem::eps)) << i;
      EXPECT_NEAR(running_mean[i], 2.3, 1e-6) << i;
      const double unbiased = var[i] * 12.0 / 11.0;
      EXPECT_NEAR(running_var[i], 2.7 + 0.1 * unbiased, 1e-6 * (3 + unbiased)) << i;
    }
  }
}
TEST(HostBias, IsRightUnderEverySchedule) {
  expect_all_right(cuda_bias_list(), test::bias_problems());
}

}  // namespace
}  // namespace breakeven
