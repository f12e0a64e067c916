#include <gtest/gtest.h>

#include "kernels/gemm_bias_gelu/list.h"
#include "kernels/host/schedule.h"
#include "tests/support/device_run.h"
#include "tests/support/gemm_bias_gelu_check.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

class HostGemmBiasGelu : public testing::TestWithParam<test::Parameters> {};

TEST_P(HostGemmBiasGelu, IsRightUnderEverySchedule) {
  const auto& [index, dtype, trans_a, trans_b] = GetParam();
  const auto& implementation = cuda_gemm_bias_gelu_list()[index];
  for (const test::Sizes& size : test::gemm_sizes) {
    if (size.m * size.n > 30'000) continue;  // more of the same tiles
    const GemmBiasGeluProblem p = test::gelu_problem(dtype, trans_a, trans_b, size);
    if (!implementation.supports(p)) continue;
    SCOPED_TRACE(p.id());
    bool checked = false;
    const std::string disagreement = test::disagreement([&] {
      const ProblemTensors tensors(p.view(), Fill::normal, 17);
      test::run_on_device(implementation, p, tensors);
      if (!checked) {  // the same bits need no second look
        test::expect_matches_oracle(p.view(), tensors, Fill::normal,
                                    test::math_mode_of(implementation, p));
      }
      checked = true;
      const auto* d = tensors.output().as<std::byte>();
      return std::vector(d, d + tensors.output().bytes());
    });
    EXPECT_EQ(disagreement, "");
    if (HasFailure()) return;
  }
}

std::string name_of_parameters(const testing::TestParamInfo<test::Parameters>& info) {
  const auto& [index, dtype, trans_a, trans_b] = info.param;
  return test::name_of_case(cuda_gemm_bias_gelu_list()[index].name, dtype, trans_a, trans_b);
}

INSTANTIATE_TEST_SUITE_P(All, HostGemmBiasGelu,
                         testing::ValuesIn(test::supported_gelu(cuda_gemm_bias_gelu_list())),
                         name_of_parameters);

}  // namespace
}  // namespace breakeven
