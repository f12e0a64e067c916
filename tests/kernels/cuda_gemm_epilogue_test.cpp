#include <gtest/gtest.h>

#include <tuple>

#include "kernels/gemm_epilogue/list.h"
#include "tests/support/device_run.h"
#include "tests/support/gemm_epilogue_check.h"
#include "tests/support/gpu.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;
using Parameters = std::tuple<std::size_t, Dtype>;

class CudaGemmEpilogue : public testing::TestWithParam<Parameters> {};

TEST_P(CudaGemmEpilogue, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  const auto& [index, dtype] = GetParam();
  const auto& implementation = cuda_gemm_epilogue_list()[index];
  bool took_one = false;
  std::string reason;  // why it took none
  for (const auto& [trans_a, trans_b] : {std::pair{false, false}, std::pair{false, true},
                                         std::pair{true, false}, std::pair{true, true}}) {
    test::for_each_epilogue_problem(
        dtype, trans_a, trans_b, [&](const GemmEpilogueProblem& p, Fill fill) {
          if (const Support support = implementation.supports(p); !support) {
            reason = support.reason;
            return;
          }
          took_one = true;
          const ProblemTensors tensors(p.view(), fill, 17);
          test::run_on_device(implementation, p, tensors);
          test::expect_matches_oracle(p.view(), tensors, fill,
                                      test::math_mode_of(implementation, p));
        });
  }
  if (!took_one) GTEST_SKIP() << reason;
}

std::string name_of_parameters(const testing::TestParamInfo<Parameters>& info) {
  const auto& [index, dtype] = info.param;
  return std::string(cuda_gemm_epilogue_list()[index].name) + "_" + std::string(name_of(dtype));
}

INSTANTIATE_TEST_SUITE_P(All, CudaGemmEpilogue,
                         testing::Combine(testing::Range(std::size_t{0},
                                                         cuda_gemm_epilogue_list().size()),
                                          testing::ValuesIn(test::epilogue_dtypes)),
                         name_of_parameters);

}  // namespace
}  // namespace breakeven
