#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/conv/divisor.h"
#include "kernels/conv/list.h"
#include "kernels/host/device_model.h"
#include "kernels/host/schedule.h"
#include "tests/support/conv_kernel_check.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::ConvParameters;
using test::Fill;
using test::ProblemTensors;

std::string repeat_command(std::string_view implementation, const ConvProblem& p, Fill fill) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "run_kernel";
  return program.string() + " " + std::string(implementation) + " " + p.id() + " --fill " +
         (fill == Fill::integers ? "integers" : "normal") + " --schedule " +
         name_of(host::settings().schedule) + " --threads 1";
}

/// What an implementation gives on the host. It is held against the oracle if `checked`.
std::vector<std::byte> result_of(const CudaImplementation<ConvProblem>& implementation,
                                 const ConvProblem& p, Fill fill, bool checked) {
  host::settings().repeat = repeat_command(implementation.name, p, fill);
  SCOPED_TRACE("repeat with: " + host::settings().repeat);
  const ProblemView view = p.view();
  const ProblemTensors tensors(view, fill, 17);
  test::run_on_device(implementation, p, tensors);
  if (checked) {
    test::expect_matches_oracle(view, tensors, fill, test::math_mode_of(implementation, p));
  }
  host::settings().repeat.clear();
  const auto* result = tensors.output().as<std::byte>();
  return {result, result + tensors.output().bytes()};
}

/// Both tiers must be right. Sums of integers are the same in any order, so that real data have to
/// have the same bits under every schedule.
void expect_right(const CudaImplementation<ConvProblem>& implementation, const ConvProblem& p) {
  {
    const test::Scheduled scope(test::schedules[0]);
    result_of(implementation, p, Fill::integers, true);
  }
  bool first = true;
  const std::string disagreement = test::disagreement(
      [&] { return result_of(implementation, p, Fill::normal, std::exchange(first, false)); });
  EXPECT_EQ(disagreement, "");
}

class HostConv : public testing::TestWithParam<ConvParameters> {};

TEST_P(HostConv, IsRightUnderEverySchedule) {
  const std::size_t index = std::get<0>(GetParam());
  const CudaImplementation<ConvProblem>& implementation = cuda_conv_list()[index];
  for (const ConvProblem& p : test::conv_kernel_problems()) {
    if (test::parameters_of(index, p) != GetParam() || !implementation.supports(p)) continue;
    SCOPED_TRACE(p.id());
    expect_right(implementation, p);
    if (HasFailure()) return;
  }
}

/// All parameters with which a row of the list supports any of the problems.
std::vector<ConvParameters> all_parameters() {
  std::vector<ConvParameters> all;
  for (std::size_t index = 0; index < cuda_conv_list().size(); ++index) {
    for (const ConvProblem& p : test::conv_kernel_problems()) {
      const ConvParameters parameters = test::parameters_of(index, p);
      if (std::find(all.begin(), all.end(), parameters) == all.end() &&
          cuda_conv_list()[index].supports(p)) {
        all.push_back(parameters);
      }
    }
  }
  return all;
}

std::string name_of_parameters(const testing::TestParamInfo<ConvParameters>& info) {
  return test::name_of_case(cuda_conv_list()[std::get<0>(info.param)].name, info.param);
}

INSTANTIATE_TEST_SUITE_P(All, HostConv, testing::ValuesIn(all_parameters()), name_of_parameters);

TEST(HostConvMathMode, IsWhatItsNameSays) {
  for (const auto& implementation : cuda_conv_list()) {
    test::expect_rounding_of_its_math_mode(implementation);
  }
}

std::string reason(std::string_view implementation, std::string_view problem) {
  const auto list = cuda_conv_list();
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const auto& of) { return of.name == implementation; });
  return found->supports(parse_conv(problem)).reason;
}

TEST(HostConvSupport, SaysWhatAnImplementationDoesNotTake) {
  EXPECT_EQ(reason("shared_tile", "conv/f32/nchw/dgrad/n1c4h8w8k4r3s3"), "computes fprop only");
  EXPECT_EQ(reason("shared_tile", "conv/f64/nchw/fprop/n1c4h8w8k4r3s3"), "computes f32 only");
  EXPECT_EQ(reason("shared_tile", "conv/f32/nchw/fprop/n1c4h600w600k4r3s3/stride9x9"),
            "the patch of x under 8 x 8 places is 66 x 66, shared memory has room for 3072 "
            "elements");
  EXPECT_EQ(reason("shared_tile", "conv/f32/nchw/fprop/n1c4h50w50k4r12s11"),
            "a filter has 132 taps, shared memory has room for 128");
  EXPECT_EQ(reason("implicit_gemm_mma", "conv/bf16/nhwc/fprop/n1c8h8w8k5r3s3"), "");
  EXPECT_EQ(reason("implicit_gemm_mma", "conv/bf16/nchw/fprop/n1c8h8w8k8r3s3"),
            "takes channels last only");
  EXPECT_EQ(reason("implicit_gemm_mma", "conv/bf16/nhwc/fprop/n1c12h8w8k8r3s3"),
            "the channels of a group have 24 bytes in x, must be a multiple of 16");
  EXPECT_EQ(reason("implicit_gemm_mma", "conv/f32/nhwc/dgrad/n1c8h8w8k10r3s3"),
            "the channels of a group have 40 bytes in y, must be a multiple of 16");
  EXPECT_EQ(reason("wgrad_split_k", "conv/f32/nhwc/dgrad/n1c8h8w8k8r3s3"), "computes wgrad only");
  EXPECT_EQ(reason("depthwise", "conv/f32/nhwc/fprop/n1c8h8w8k8r3s3/groups4"),
            "computes depthwise convolutions only, with C groups");
  EXPECT_EQ(reason("depthwise", "conv/f32/nhwc/fprop/n1c8h8w8k8r3s4/groups8"),
            "along W it takes filters of 3, 5 and 7");
  EXPECT_EQ(reason("depthwise", "conv/bf16/nhwc/fprop/n1c64h90w8k64r10s7/groups64"),
            "the filters of 64 channels have 4480 elements, shared memory has room for 4096");
}

TEST(HostConvSupport, RefusesWhatNoIntCounts) {
  for (const char* name : {"naive", "shared_tile", "implicit_gemm", "implicit_gemm_mma"}) {
    EXPECT_EQ(reason(name, "conv/f32/nhwc/fprop/n1c70000h200w200k8r1s1"),
              "an image of x has 2800000000 elements, at most 2147483647 can be counted")
        << name;
  }
}

TEST(HostConvSupport, InstructionsOfArchitecture80AreRefusedBelow) {
  host::device_model().major = 7;
  host::device_model().minor = 5;
  const std::string older =
      " needs code for architecture 80 or newer, and what this device runs is for 75";
  const char* dense = "conv/f32/nhwc/fprop/n1c8h8w8k8r3s3";
  const char* depthwise = "conv/bf16/nhwc/fprop/n1c8h8w8k8r3s3/groups8";
  EXPECT_EQ(reason("naive", dense), "");
  EXPECT_EQ(reason("implicit_gemm", dense), "");
  EXPECT_EQ(reason("implicit_gemm_mma", dense), "the tensor core instruction mma" + older);
  EXPECT_EQ(reason("naive", depthwise), "rounding to bf16" + older);
  EXPECT_EQ(reason("depthwise", depthwise), "rounding to bf16" + older);
  host::device_model() = {};
}

TEST(Divisor, DividesAsTheLanguageDoes) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  std::mt19937_64 random(5);
  std::vector<std::int64_t> numbers{1, 2, 3, 5, 7, 9, 641, 65535, 65536, 65537, most - 1, most};
  for (int bits = 1; bits < 31; ++bits) {
    for (int i = 0; i < 8; ++i) {
      numbers.push_back((std::int64_t{1} << bits) +
                        static_cast<std::int64_t>(random() >> (64 - bits)));
    }
  }
  for (const std::int64_t divisor : numbers) {
    const cuda_conv::Divisor by(divisor);
    std::vector<std::int64_t> dividends = numbers;
    dividends.push_back(0);
    for (const std::int64_t multiple : {divisor, most / divisor * divisor}) {
      for (std::int64_t i = multiple - 1; i <= std::min(multiple + 1, most); ++i) {
        dividends.push_back(i);
      }
    }
    for (const std::int64_t dividend : dividends) {
      ASSERT_EQ(by.quotient(static_cast<int>(dividend)), dividend / divisor)
          << dividend << " by " << divisor;
    }
  }
}

}  // namespace
}  // namespace breakeven
