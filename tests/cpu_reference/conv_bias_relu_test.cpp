#include <gtest/gtest.h>
#include <omp.h>

#include <cstring>
#include <limits>

#include "cpu_reference/conv_bias_relu/list.h"
#include "tests/support/conv_bias_relu_check.h"
#include "tests/support/cpu_call.h"
#include "tests/support/list_check.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// Runs an implementation on that problem and holds the result against the oracle; also the inputs
/// must be left as they were.
void expect_right(const CpuImplementation<ConvBiasReluProblem>& implementation,
                  const ConvBiasReluProblem& p, Fill fill) {
  SCOPED_TRACE(p.id() + (fill == Fill::integers ? " integers" : " normal"));
  ProblemTensors tensors(p.view(), fill, 17);
  const ProblemTensors untouched(p.view(), fill, 17);
  const CpuCall call = implementation.prepare(p);
  test::pack(call, tensors);
  test::run(call, tensors);
  for (const std::size_t input : {0, 1, 2}) {
    ASSERT_EQ(std::memcmp(tensors.call()[input].data, untouched.call()[input].data,
                          tensors.call()[input].bytes()),
              0)
        << "an input was changed";
  }
  test::expect_matches_oracle(p.view(), tensors, fill, test::math_mode_of(implementation, p));
}

class CpuConvBiasRelu : public testing::TestWithParam<std::size_t> {
 protected:
  const CpuImplementation<ConvBiasReluProblem>& implementation() const {
    return cpu_conv_bias_relu_list()[GetParam()];
  }
};

TEST_P(CpuConvBiasRelu, MatchesTheOracleOnEveryGeometry) {
  for (const ConvBiasReluProblem& p : test::with_bias_and_relu(test::conv_ids())) {
    if (!implementation().supports(p)) continue;
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      ASSERT_NO_FATAL_FAILURE(expect_right(implementation(), p, fill));
    }
  }
}

// Bias and relu come once, after the last of several blocks of channels, on any number of threads.
TEST_P(CpuConvBiasRelu, MatchesTheOracleOverSeveralBlocks) {
  const int before = omp_get_max_threads();
  for (const char* sizes :
       {"n2c96h17w15k48r3s3/pad1x1", "n3c200h20w16k20r1s1", "n1c700h6w5k40r3s3/pad1x1",
        "n1c70h5w71k34r3s3/pad1x0/groups2", "n19c5h9w7k10r3s3/pad1x1"}) {
    for (const char* order : {"nchw", "nhwc"}) {
      const ConvBiasReluProblem p =
          parse_conv_bias_relu("conv_bias_relu/f32/" + std::string(order) + '/' + sizes);
      if (!implementation().supports(p)) continue;
      for (const int threads : {1, 2, 7}) {
        omp_set_num_threads(threads);
        expect_right(implementation(), p, Fill::integers);
      }
    }
  }
  omp_set_num_threads(before);
}

// What is no number must not turn into the zero of relu; in oneDNN's kernels it may.
TEST_P(CpuConvBiasRelu, NanStaysNan) {
  if (implementation().rung == Rung::library) GTEST_SKIP() << "of own implementations";
  const ConvBiasReluProblem p = parse_conv_bias_relu("conv_bias_relu/f32/nchw/n9c4h6w6k8r3s3");
  ASSERT_TRUE(implementation().supports(p));
  ProblemTensors tensors(p.view(), Fill::normal, 3);
  tensors.call()[0].as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  const CpuCall call = implementation().prepare(p);
  test::pack(call, tensors);
  test::run(call, tensors);
  EXPECT_TRUE(std::isnan(tensors.get(0))) << tensors.get(0);
}

INSTANTIATE_TEST_SUITE_P(All, CpuConvBiasRelu,
                         testing::Range<std::size_t>(0, cpu_conv_bias_relu_list().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) {
                           return std::string(cpu_conv_bias_relu_list()[info.param].name);
                         });

TEST(CpuConvBiasReluList, SaysWhyNot) {
  const ConvBiasReluProblem f16 = parse_conv_bias_relu("conv_bias_relu/f16/nchw/n1c8h8w8k8r3s3");
  for (const auto& implementation : cpu_conv_bias_relu_list()) {
    const std::string reason = implementation.supports(f16).reason;
    EXPECT_EQ(reason.starts_with("computes f32"), implementation.name != "naive") << reason;
  }
}

TEST(CpuConvBiasReluList, NamesAreUniqueAndRungsAscend) {
  test::names_in_order(cpu_conv_bias_relu_list());
}

}  // namespace
}  // namespace breakeven
