#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cstring>

#include "cpu_reference/conv/list.h"
#include "operations/conv/winograd.h"
#include "tests/support/conv_check.h"
#include "tests/support/cpu_call.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// For what does not depend on the geometry: one that the implementation takes, if it takes that
/// direction.
ConvProblem small_problem(const CpuImplementation<ConvProblem>& implementation,
                          Direction direction) {
  const ConvProblem p = parse_conv("conv/f32/nchw/fprop/n2c5h9w8k7r3s3/pad1x1").in(direction);
  if (implementation.supports(p)) return p;
  return parse_conv("conv/f32/nchw/fprop/n2c5h9w8k10r3s3/pad1x1/groups5").in(direction);
}

/// Runs an implementation on that problem and holds the result against the oracle; also the inputs
/// must be left as they were.
void expect_right(const CpuImplementation<ConvProblem>& implementation, const ConvProblem& p,
                  Fill fill) {
  SCOPED_TRACE(p.id() + (fill == Fill::integers ? " integers" : " normal"));
  ProblemTensors tensors(p.view(), fill, 17);
  const ProblemTensors untouched(p.view(), fill, 17);
  const CpuCall call = implementation.prepare(p);
  test::pack(call, tensors);
  test::run(call, tensors);
  for (const std::size_t input : {0, 1}) {
    ASSERT_EQ(std::memcmp(tensors.call()[input].data, untouched.call()[input].data,
                          tensors.call()[input].bytes()),
              0)
        << "an input was changed";
  }
  test::expect_matches_oracle(p.view(), tensors, fill, test::math_mode_of(implementation, p));
}

class CpuConv : public testing::TestWithParam<std::size_t> {
 protected:
  const CpuImplementation<ConvProblem>& implementation() const {
    return cpu_conv_list()[GetParam()];
  }
};

TEST_P(CpuConv, MatchesTheOracleOnEveryGeometry) {
  for (const std::string& id : test::conv_ids()) {
    const ConvProblem p = parse_conv(id);
    if (!implementation().supports(p)) continue;
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      ASSERT_NO_FATAL_FAILURE(expect_right(implementation(), p, fill));
    }
  }
}

// More than one block of channels and of pixels, and more panels than a thread packs at a time.
TEST_P(CpuConv, MatchesTheOracleOverSeveralBlocks) {
  for (const char* direction : {"fprop", "dgrad", "wgrad"}) {
    for (const char* sizes :
         {"n2c96h17w15k48r3s3/pad1x1", "n3c200h20w16k20r1s1", "n1c40h40w24k30r5s5/stride2x2/pad2x2",
          "n1c70h5w71k17r3s3/pad1x0", "n3c70h37w45k70r3s3/pad1x1/groups70",
          "n1c2h9w1100k4r3s5/stride2x2/pad1x2/groups2"}) {
      for (const char* order : {"nchw", "nhwc"}) {
        const ConvProblem p =
            parse_conv("conv/f32/" + std::string(order) + '/' + direction + '/' + sizes);
        if (!implementation().supports(p)) continue;
        ASSERT_NO_FATAL_FAILURE(expect_right(implementation(), p, Fill::integers));
      }
    }
  }
}

// More threads than there is work for, and fewer at the call than there were at `prepare`.
TEST_P(CpuConv, AnyNumberOfThreadsGivesTheSameIntegers) {
  const int before = omp_get_max_threads();
  for (const Direction direction : test::conv_directions) {
    const ConvProblem p = small_problem(implementation(), direction);
    if (!implementation().supports(p)) continue;
    for (const int threads : {1, 2, 7}) {
      omp_set_num_threads(threads);
      expect_right(implementation(), p, Fill::integers);
    }
    const CpuCall call = implementation().prepare(p);
    omp_set_num_threads(2);
    ProblemTensors tensors(p.view(), Fill::integers, 18);
    test::pack(call, tensors);
    test::run(call, tensors);
    test::expect_matches_oracle(p.view(), tensors, Fill::integers);
  }
  omp_set_num_threads(before);
}

// The harness rotates buffers: the same callable gets other tensors each time.
TEST_P(CpuConv, TakesOtherTensorsEachTime) {
  for (const Direction direction : test::conv_directions) {
    const ConvProblem p = small_problem(implementation(), direction);
    if (!implementation().supports(p)) continue;
    const CpuCall call = implementation().prepare(p);
    std::vector<ProblemTensors> sets;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      sets.emplace_back(p.view(), Fill::integers, seed);
      test::pack(call, sets.back());
    }
    for (int round = 0; round < 2; ++round) {
      for (ProblemTensors& tensors : sets) {
        test::run(call, tensors);
        test::expect_matches_oracle(p.view(), tensors, Fill::integers);
        tensors.set(0, 1e6);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CpuConv, testing::Range<std::size_t>(0, cpu_conv_list().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) {
                           return std::string(cpu_conv_list()[info.param].name);
                         });

TEST(CpuConvList, SaysWhyNot) {
  const ConvProblem f16 = parse_conv("conv/f16/nhwc/fprop/n1c8h8w8k8r3s3");
  for (const auto& implementation : cpu_conv_list()) {
    const std::string reason = implementation.supports(f16).reason;
    EXPECT_EQ(reason.starts_with("computes f32"), implementation.name != "naive") << reason;
  }
}

// A filter's neighbours are added before they are multiplied, and what is small beside them is
// lost: only the mode's own bound allows that.
TEST(CpuConvWinograd, NeedsItsMathMode) {
  const auto list = cpu_conv_list();
  const auto winograd = std::find_if(list.begin(), list.end(),
                                     [](const auto& row) { return row.name == "winograd"; });
  ASSERT_NE(winograd, list.end());
  const ConvProblem p = parse_conv("conv/f32/nchw/fprop/n1c1h4w4k1r3s3");
  const ProblemTensors tensors(p.view(), Fill::normal, 1);
  float *x = tensors.call()[0].as<float>(), *w = tensors.call()[1].as<float>();
  std::fill_n(x, 16, 0.0F);
  std::fill_n(w, 9, 0.0F);
  x[1] = 1;  // meets w[0] in y[1], and w[1] in y[0]
  w[0] = 1;
  w[1] = 0x1p30F;
  winograd->prepare(p).run(tensors.call());
  EXPECT_EQ(tensors.get(0), 0x1p30);
  EXPECT_EQ(tensors.get(1), 0);
  EXPECT_EQ(p.view().oracle.element(tensors.call(), 1).value, 1);
  const Rounding own = in_mode(winograd_mode(p), p.view().rounding);
  EXPECT_TRUE(p.view().oracle.real_product(tensors.call(), tensors.outputs(), own, 1).ok);
  EXPECT_FALSE(
      p.view().oracle.real_product(tensors.call(), tensors.outputs(), p.view().rounding, 1).ok);
}

}  // namespace
}  // namespace breakeven
