#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/conv/list.h"
#include "tests/support/conv_kernel_check.h"
#include "tests/support/gpu.h"
#include "tests/support/list_check.h"

namespace breakeven {
namespace {

using test::ConvParameters;
using test::DeviceCopy;
using test::Fill;
using test::ProblemTensors;

/// Runs an implementation on that problem on the device and holds the result against the oracle.
void expect_right(const CudaImplementation<ConvProblem>& implementation, const ConvProblem& p,
                  Fill fill) {
  const ProblemView view = p.view();
  const ProblemTensors tensors(view, fill, 17);
  test::run_on_device(implementation, p, tensors);
  test::expect_matches_oracle(view, tensors, fill, test::math_mode_of(implementation, p));
}

class CudaConv : public testing::TestWithParam<ConvParameters> {};

TEST_P(CudaConv, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  const std::size_t index = std::get<0>(GetParam());
  const CudaImplementation<ConvProblem>& implementation = cuda_conv_list()[index];
  bool took_one = false;
  std::string reason;  // why it took none
  for (const ConvProblem& p : test::conv_kernel_problems()) {
    if (test::parameters_of(index, p) != GetParam()) continue;
    if (const Support support = implementation.supports(p); !support) {
      reason = support.reason;
      continue;
    }
    took_one = true;
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      SCOPED_TRACE(p.id() + (fill == Fill::integers ? " integers" : " normal"));
      expect_right(implementation, p, fill);
      if (HasFatalFailure()) return;
    }
  }
  if (!took_one) GTEST_SKIP() << reason;
}

/// Whether an implementation says no to all of them whatever the device; without one it may be
/// unable to answer at all. A library is not opened only to name the tests.
bool refuses(const CudaImplementation<ConvProblem>& implementation, const ConvProblem& p) {
  if (implementation.rung == Rung::library) return false;
  try {
    const std::string reason = implementation.supports(p).reason;
    return reason.starts_with("computes ") || reason.starts_with("takes ");
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<ConvParameters> all_parameters() {
  std::vector<ConvParameters> all;
  for (std::size_t index = 0; index < cuda_conv_list().size(); ++index) {
    for (const ConvProblem& p : test::conv_kernel_problems()) {
      const ConvParameters parameters = test::parameters_of(index, p);
      if (std::find(all.begin(), all.end(), parameters) == all.end() &&
          !refuses(cuda_conv_list()[index], p)) {
        all.push_back(parameters);
      }
    }
  }
  return all;
}

std::string name_of_parameters(const testing::TestParamInfo<ConvParameters>& info) {
  return test::name_of_case(cuda_conv_list()[std::get<0>(info.param)].name, info.param);
}

INSTANTIATE_TEST_SUITE_P(All, CudaConv, testing::ValuesIn(all_parameters()), name_of_parameters);

// A grid's y and z end at 65535: long images, many images, channels and groups must not depend on
// them.
TEST(CudaConvGrid, HoldsLongImagesAndManyOfAnything) {
  BREAKEVEN_NEEDS_GPU();
  for (const auto& implementation : cuda_conv_list()) {
    for (const char* id :
         {"conv/f32/nwc/fprop/n1c4w1100000k1s3/pad1",
          "conv/f32/nchw/fprop/n70000c1h2w3k2r3s3/pad1x1", "conv/f32/nhwc/dgrad/n70000c4h2w1k4r1s1",
          "conv/f32/nchw/wgrad/n70000c1h2w3k2r3s3/pad1x1",
          "conv/f32/nchw/fprop/n1c70000h2w5k70000r1s3/groups70000",
          "conv/f32/nhwc/dgrad/n1c70000h2w5k70000r1s3/groups70000"}) {
      const ConvProblem p = parse_conv(id);
      if (!implementation.supports(p)) continue;  // refused with a reason is right, too
      SCOPED_TRACE(std::string(implementation.name) + " " + id);
      expect_right(implementation, p, Fill::integers);
    }
  }
}

// The harness rotates buffers and may change the stream.
TEST(CudaConvCall, TakesOtherTensorsAndStreamsEachTime) {
  BREAKEVEN_NEEDS_GPU();
  for (const char* id : {"conv/f32/nhwc/fprop/n2c8h7w6k12r3s3/pad1x1",
                         "conv/f32/nhwc/wgrad/n2c8h17w16k12r3s3/pad1x1",
                         "conv/f32/nhwc/fprop/n2c8h7w6k8r3s3/pad1x1/groups8"}) {
    const ConvProblem p = parse_conv(id);
    const ProblemView view = p.view();
    for (const auto& implementation : cuda_conv_list()) {
      if (!implementation.supports(p)) continue;
      const CudaCall call = implementation.prepare(p);
      for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const ProblemTensors tensors(view, Fill::integers, seed);
        const DeviceCopy first(tensors.call()[0]), second(tensors.call()[1]),
            result(tensors.call()[2]);
        const Tensor device[] = {first.tensor(), second.tensor(), result.tensor()};
        const CudaStream stream = make_stream();
        call.run(device, stream.get());
        BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
        result.copy_to(tensors.output().data);
        const Verdict verdict = view.oracle.exact_product(tensors.before(), tensors.outputs(), 3);
        EXPECT_TRUE(verdict.ok) << implementation.name << " " << id << ": " << verdict.detail;
      }
    }
  }
}

TEST(CudaConvMathMode, IsWhatItsNameSays) {
  BREAKEVEN_NEEDS_GPU();
  for (const auto& implementation : cuda_conv_list()) {
    test::expect_rounding_of_its_math_mode(implementation);
  }
}

TEST(CudaConvList, NamesAreUniqueAndRungsAscend) { test::names_in_order(cuda_conv_list()); }

}  // namespace
}  // namespace breakeven
