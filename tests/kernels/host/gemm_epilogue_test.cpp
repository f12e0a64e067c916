#include <gtest/gtest.h>

#include "kernels/gemm_epilogue/list.h"
#include "kernels/host/schedule.h"
#include "tests/support/device_run.h"
#include "tests/support/gemm_epilogue_check.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

class HostGemmEpilogue : public testing::TestWithParam<test::Parameters> {};

TEST_P(HostGemmEpilogue, IsRightUnderEverySchedule) {
  const auto& [index, dtype, trans_a, trans_b] = GetParam();
  const auto& implementation = cuda_gemm_epilogue_list()[index];
  test::for_each_epilogue_problem(
      dtype, trans_a, trans_b, [&](const GemmEpilogueProblem& p, Fill fill) {
        if (p.product.m * p.product.n > 30'000) return;  // more of the same tiles
        if (!implementation.supports(p)) return;
        bool checked = false;
        const std::string disagreement = test::disagreement([&] {
          const ProblemTensors tensors(p.view(), fill, 17);
          test::run_on_device(implementation, p, tensors);
          if (!checked) {  // the same bits need no second look
            test::expect_matches_oracle(p.view(), tensors, fill,
                                        test::math_mode_of(implementation, p));
          }
          checked = true;
          const auto* d = tensors.output().as<std::byte>();
          return std::vector(d, d + tensors.output().bytes());
        });
        ASSERT_EQ(disagreement, "");
      });
}

std::string name_of_parameters(const testing::TestParamInfo<test::Parameters>& info) {
  const auto& [index, dtype, trans_a, trans_b] = info.param;
  return test::name_of_case(cuda_gemm_epilogue_list()[index].name, dtype, trans_a, trans_b);
}

INSTANTIATE_TEST_SUITE_P(All, HostGemmEpilogue,
                         testing::ValuesIn(test::supported_epilogues(cuda_gemm_epilogue_list())),
                         name_of_parameters);

}  // namespace
}  // namespace breakeven
