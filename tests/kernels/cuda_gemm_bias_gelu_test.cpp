#include <gtest/gtest.h>

#include <tuple>

#include "kernels/gemm_bias_gelu/list.h"
#include "tests/support/device_run.h"
#include "tests/support/gemm_bias_gelu_check.h"
#include "tests/support/gpu.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;
using Parameters = std::tuple<std::size_t, Dtype>;

class CudaGemmBiasGelu : public testing::TestWithParam<Parameters> {};

TEST_P(CudaGemmBiasGelu, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  const auto& [index, dtype] = GetParam();
  const auto& implementation = cuda_gemm_bias_gelu_list()[index];
  bool took_one = false;
  std::string reason;  // why it took none
  for (const auto& [trans_a, trans_b] : {std::pair{false, false}, std::pair{false, true},
                                         std::pair{true, false}, std::pair{true, true}}) {
    test::for_each_gelu_problem(dtype, trans_a, trans_b, [&](const GemmBiasGeluProblem& p) {
      if (const Support support = implementation.supports(p); !support) {
        reason = support.reason;
        return;
      }
      took_one = true;
      const ProblemTensors tensors(p.view(), Fill::normal, 17);
      test::run_on_device(implementation, p, tensors);
      test::expect_matches_oracle(p.view(), tensors, Fill::normal,
                                  test::math_mode_of(implementation, p));
    });
  }
  if (!took_one) GTEST_SKIP() << reason;
}

std::string name_of_parameters(const testing::TestParamInfo<Parameters>& info) {
  const auto& [index, dtype] = info.param;
  return std::string(cuda_gemm_bias_gelu_list()[index].name) + "_" + std::string(name_of(dtype));
}

INSTANTIATE_TEST_SUITE_P(All, CudaGemmBiasGelu,
                         testing::Combine(testing::Range(std::size_t{0},
                                                         cuda_gemm_bias_gelu_list().size()),
                                          testing::ValuesIn(test::gelu_dtypes)),
                         name_of_parameters);

}  // namespace
}  // namespace breakeven
