#include <gtest/gtest.h>

#include "kernels/conv_bias_relu/list.h"
#include "kernels/host/schedule.h"
#include "tests/support/conv_bias_relu_check.h"
#include "tests/support/conv_kernel_check.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

class HostConvBiasRelu : public testing::TestWithParam<std::size_t> {};

TEST_P(HostConvBiasRelu, IsRightUnderEverySchedule) {
  const auto& implementation = cuda_conv_bias_relu_list()[GetParam()];
  int taken = 0;
  for (const ConvBiasReluProblem& p : test::with_bias_and_relu(test::conv_kernel_ids())) {
    if (!implementation.supports(p)) continue;
    ++taken;
    SCOPED_TRACE(p.id());
    const auto run = [&](Fill fill) {
      const ProblemTensors tensors(p.view(), fill, 17);
      test::run_on_device(implementation, p, tensors);
      test::expect_matches_oracle(p.view(), tensors, fill, test::math_mode_of(implementation, p));
      const auto* y = tensors.output().as<std::byte>();
      return std::vector(y, y + tensors.output().bytes());
    };
    run(Fill::integers);
    EXPECT_EQ(test::disagreement([&] { return run(Fill::normal); }), "");
    if (HasFailure()) return;
  }
  EXPECT_GT(taken, 20);
}

INSTANTIATE_TEST_SUITE_P(All, HostConvBiasRelu,
                         testing::Range<std::size_t>(0, cuda_conv_bias_relu_list().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) {
                           return std::string(cuda_conv_bias_relu_list()[info.param].name);
                         });

}  // namespace
}  // namespace breakeven
