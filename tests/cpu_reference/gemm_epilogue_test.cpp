#include <gtest/gtest.h>

#include <cstring>

#include "cpu_reference/gemm_epilogue/list.h"
#include "tests/support/gemm_epilogue_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

class CpuGemmEpilogue : public testing::TestWithParam<test::Parameters> {};

TEST_P(CpuGemmEpilogue, MatchesTheOracle) {
  const auto& [index, dtype, trans_a, trans_b] = GetParam();
  const auto& implementation = cpu_gemm_epilogue_list()[index];
  test::for_each_epilogue_problem(
      dtype, trans_a, trans_b, [&](const GemmEpilogueProblem& p, Fill fill) {
        if (!implementation.supports(p)) return;
        const ProblemTensors tensors(p.view(), fill, 17), untouched(p.view(), fill, 17);
        implementation.prepare(p).run(tensors.call());
        for (const std::size_t input : {0, 1, 2}) {
          ASSERT_EQ(std::memcmp(tensors.call()[input].data, untouched.call()[input].data,
                                tensors.call()[input].bytes()),
                    0)
              << "an input was changed";
        }
        test::expect_matches_oracle(p.view(), tensors, fill, test::math_mode_of(implementation, p));
      });
}

std::string name_of_parameters(const testing::TestParamInfo<test::Parameters>& info) {
  const auto& [index, dtype, trans_a, trans_b] = info.param;
  return test::name_of_case(cpu_gemm_epilogue_list()[index].name, dtype, trans_a, trans_b);
}

INSTANTIATE_TEST_SUITE_P(All, CpuGemmEpilogue,
                         testing::ValuesIn(test::supported_epilogues(cpu_gemm_epilogue_list())),
                         name_of_parameters);

// Where gelu is all but linear, all but zero, and in between; tanh and exp must not overflow.
TEST(CpuGemmEpilogueValues, OfGeluAreRightFarFromZero) {
  const GemmEpilogueProblem p = parse_gemm_epilogue("gemm_bias_gelu/f32/nn/m2n40k1");
  for (const auto& implementation : cpu_gemm_epilogue_list()) {
    if (!implementation.supports(p)) continue;
    const ProblemTensors tensors(p.view(), Fill::normal, 3);
    auto* bias = tensors.before()[2].as<float>();
    for (int j = 0; j < 40; ++j) bias[j] = (j % 2 == 0 ? 1.0f : -1.0f) * std::ldexp(1.0f, j / 2);
    implementation.prepare(p).run(tensors.call());
    SCOPED_TRACE(implementation.name);
    test::expect_matches_oracle(p.view(), tensors, Fill::normal);
  }
}

// A relu that hides one lets a diverged training look sound: oneDNN's does.
TEST(CpuGemmEpilogueValues, OfReluKeepNaN) {
  const GemmEpilogueProblem p = parse_gemm_epilogue("gemm_bias_relu/f32/nt/m3n40k2");
  for (const auto& implementation : cpu_gemm_epilogue_list()) {
    if (!implementation.supports(p) || implementation.name == "onednn") continue;
    const ProblemTensors tensors(p.view(), Fill::normal, 3);
    tensors.before()[2].as<float>()[7] = std::numeric_limits<float>::quiet_NaN();
    implementation.prepare(p).run(tensors.call());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(std::isnan(tensors.get(i * 40 + 7)));
    EXPECT_FALSE(std::isnan(tensors.get(8))) << implementation.name;
  }
}

TEST(CpuGemmEpilogueList, SaysWhyNot) {
  const GemmEpilogueProblem f16 = parse_gemm_epilogue("gemm_bias_gelu/f16/nn/m4n4k4");
  for (const auto& implementation : cpu_gemm_epilogue_list()) {
    const std::string reason = implementation.supports(f16).reason;
    EXPECT_EQ(reason.starts_with("multiplies f32"), implementation.name != "naive") << reason;
  }
}

}  // namespace
}  // namespace breakeven
