#include <gtest/gtest.h>

#include <cstring>

#include "cpu_reference/gemm_bias_gelu/list.h"
#include "tests/support/gemm_bias_gelu_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

class CpuGemmBiasGelu : public testing::TestWithParam<test::Parameters> {};

TEST_P(CpuGemmBiasGelu, MatchesTheOracle) {
  const auto& [index, dtype, trans_a, trans_b] = GetParam();
  const auto& implementation = cpu_gemm_bias_gelu_list()[index];
  test::for_each_gelu_problem(dtype, trans_a, trans_b, [&](const GemmBiasGeluProblem& p) {
    if (!implementation.supports(p)) return;
    const ProblemTensors tensors(p.view(), Fill::normal, 17), untouched(p.view(), Fill::normal, 17);
    implementation.prepare(p).run(tensors.call());
    for (const std::size_t input : {0, 1, 2}) {
      ASSERT_EQ(std::memcmp(tensors.call()[input].data, untouched.call()[input].data,
                            tensors.call()[input].bytes()),
                0)
          << "an input was changed";
    }
    test::expect_matches_oracle(p.view(), tensors, Fill::normal,
                                test::math_mode_of(implementation, p));
  });
}

std::string name_of_parameters(const testing::TestParamInfo<test::Parameters>& info) {
  const auto& [index, dtype, trans_a, trans_b] = info.param;
  return test::name_of_case(cpu_gemm_bias_gelu_list()[index].name, dtype, trans_a, trans_b);
}

INSTANTIATE_TEST_SUITE_P(All, CpuGemmBiasGelu,
                         testing::ValuesIn(test::supported_gelu(cpu_gemm_bias_gelu_list())),
                         name_of_parameters);

// Where gelu is all but linear, all but zero, and in between; tanh and exp must not overflow.
TEST(CpuGemmBiasGeluValues, AreRightFarFromZero) {
  const GemmBiasGeluProblem p = parse_gemm_bias_gelu("gemm_bias_gelu/f32/nn/m2n40k1");
  for (const auto& implementation : cpu_gemm_bias_gelu_list()) {
    if (!implementation.supports(p)) continue;
    const ProblemTensors tensors(p.view(), Fill::normal, 3);
    auto* bias = tensors.before()[2].as<float>();
    for (int j = 0; j < 40; ++j) bias[j] = (j % 2 == 0 ? 1.0f : -1.0f) * std::ldexp(1.0f, j / 2);
    implementation.prepare(p).run(tensors.call());
    SCOPED_TRACE(implementation.name);
    test::expect_matches_oracle(p.view(), tensors, Fill::normal);
  }
}

TEST(CpuGemmBiasGeluList, SaysWhyNot) {
  const GemmBiasGeluProblem f16 = parse_gemm_bias_gelu("gemm_bias_gelu/f16/nn/m4n4k4");
  for (const auto& implementation : cpu_gemm_bias_gelu_list()) {
    const std::string reason = implementation.supports(f16).reason;
    EXPECT_EQ(reason.starts_with("multiplies f32"), implementation.name != "naive") << reason;
  }
}

}  // namespace
}  // namespace breakeven
