#include <gtest/gtest.h>

#include <tuple>

#include "kernels/conv_bias_relu/list.h"
#include "tests/support/conv_bias_relu_check.h"
#include "tests/support/conv_kernel_check.h"
#include "tests/support/gpu.h"
#include "tests/support/list_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;
using Parameters = std::tuple<std::size_t, Dtype>;

class CudaConvBiasRelu : public testing::TestWithParam<Parameters> {};

TEST_P(CudaConvBiasRelu, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  const auto& [index, dtype] = GetParam();
  const auto& implementation = cuda_conv_bias_relu_list()[index];
  bool took_one = false;
  std::string reason;  // why it took none
  for (const ConvBiasReluProblem& p : test::with_bias_and_relu(test::conv_kernel_ids())) {
    if (p.convolution.dtype != dtype) continue;
    if (const Support support = implementation.supports(p); !support) {
      reason = support.reason;
      continue;
    }
    took_one = true;
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      SCOPED_TRACE(p.id() + (fill == Fill::integers ? " integers" : " normal"));
      const ProblemTensors tensors(p.view(), fill, 17);
      test::run_on_device(implementation, p, tensors);
      test::expect_matches_oracle(p.view(), tensors, fill, test::math_mode_of(implementation, p));
      if (HasFatalFailure()) return;
    }
  }
  if (!took_one) GTEST_SKIP() << reason;
}

std::string name_of_parameters(const testing::TestParamInfo<Parameters>& info) {
  const auto& [index, dtype] = info.param;
  return std::string(cuda_conv_bias_relu_list()[index].name) + "_" + std::string(name_of(dtype));
}

INSTANTIATE_TEST_SUITE_P(All, CudaConvBiasRelu,
                         testing::Combine(testing::Range(std::size_t{0},
                                                         cuda_conv_bias_relu_list().size()),
                                          testing::ValuesIn(test::conv_dtypes)),
                         name_of_parameters);

TEST(CudaConvBiasReluList, NamesAreUniqueAndRungsAscend) {
  test::names_in_order(cuda_conv_bias_relu_list());
}

}  // namespace
}  // namespace breakeven
