#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "kernels/gemm/list.h"
#include "kernels/host/atomics.h"
#include "kernels/host/device_model.h"
#include "tests/support/device_run.h"
#include "tests/support/gemm_check.h"
#include "tests/support/math_mode_check.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::Fill;
using test::GemmTensors;

std::string repeat_command(std::string_view implementation, const GemmProblem& p, Fill fill) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "run_kernel";
  return program.string() + " " + std::string(implementation) + " " + p.id() + " --fill " +
         (fill == Fill::integers ? "integers" : "normal") + " --schedule " +
         name_of(host::settings().schedule) + " --threads 1";
}

/// Executes an implementation under every schedule; the first result is held against the oracle,
/// and all must have the same bits. Where they need not, each is held against it.
void expect_right(const CudaImplementation<GemmProblem>& implementation, const GemmProblem& p,
                  Fill fill) {
  host::added_floats_atomically = false;
  bool first = true;
  const std::string disagreement = test::disagreement([&] {
    host::settings().repeat = repeat_command(implementation.name, p, fill);
    SCOPED_TRACE("repeat with: " + host::settings().repeat);
    const GemmTensors tensors(p, fill, 17);
    test::run_on_device(implementation, p, tensors);
    if (std::exchange(first, false) || host::added_floats_atomically) {
      test::expect_matches_oracle(p, tensors, fill, test::math_mode_of(implementation, p));
    }
    const auto* c = tensors.c().as<std::byte>();
    return std::vector(c, c + tensors.c().bytes());
  });
  host::settings().repeat.clear();
  if (!host::added_floats_atomically) {
    EXPECT_EQ(disagreement, "");
  }
}

class HostGemm : public testing::TestWithParam<test::Parameters> {};

TEST_P(HostGemm, IsRightUnderEverySchedule) {
  const auto& [index, dtype, trans_a, trans_b] = GetParam();
  const CudaImplementation<GemmProblem>& implementation = cuda_gemm_list()[index];
  std::size_t turn = 0;
  for (const test::Sizes& size : test::gemm_sizes) {
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      // What costs most once: rounding does not depend on the number of tiles.
      const bool large = size.batch * size.m * size.n > 30'000;
      if (large && fill == Fill::normal) continue;
      // Each shape on both tiers, the scalings in turn: all of them at all shapes is for a GPU.
      const test::Scaling scaling =
          test::scaling_for(dtype, test::gemm_scalings[turn++ % std::size(test::gemm_scalings)]);
      const GemmProblem p{dtype,  trans_a, trans_b,       size.batch,  size.m,
                          size.n, size.k,  scaling.alpha, scaling.beta};
      if (!implementation.supports(p)) continue;
      SCOPED_TRACE(p.id() + (fill == Fill::integers ? " integers" : " normal"));
      expect_right(implementation, p, fill);
      if (HasFailure()) return;
    }
  }
}

std::string name_of_parameters(const testing::TestParamInfo<test::Parameters>& info) {
  const auto& [index, dtype, trans_a, trans_b] = info.param;
  return test::name_of_case(cuda_gemm_list()[index].name, dtype, trans_a, trans_b);
}

INSTANTIATE_TEST_SUITE_P(All, HostGemm, testing::ValuesIn(test::supported(cuda_gemm_list())),
                         name_of_parameters);

TEST(HostGemmMathMode, IsWhatItsNameSays) {
  for (const auto& implementation : cuda_gemm_list()) {
    test::expect_rounding_of_its_math_mode(implementation);
  }
}

TEST(HostGemmSupport, InstructionsOfArchitecture80AreRefusedBelow) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m8n8k8");
  host::device_model().major = 7;
  host::device_model().minor = 5;
  for (const auto& implementation : cuda_gemm_list()) {
    const std::string_view name = implementation.name;
    const bool copies = name == "double_buffered" || name == "multistage";
    const bool multiplies = name == "wmma" || name.starts_with("mma_");
    const std::string reason =
        " needs code for architecture 80 or newer, and what this device runs is for 75";
    EXPECT_EQ(implementation.supports(p).reason, copies ? "cp.async" + reason
                                                 : multiplies
                                                     ? "the tensor core instruction mma" + reason
                                                     : "")
        << name;
  }
  host::device_model() = {};
}

TEST(HostGemmSupport, TensorCoresTakeWholeChunksOf16Bytes) {
  const auto reason = [](std::string_view implementation, const char* problem) {
    const auto list = cuda_gemm_list();
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const auto& of) { return of.name == implementation; });
    return found->supports(parse_gemm(problem)).reason;
  };
  EXPECT_EQ(reason("mma_tuned", "gemm/bf16/nn/m7n8k8"), "");
  EXPECT_EQ(reason("mma_tuned", "gemm/bf16/nn/m8n8k7"),
            "rows of A have 14 bytes, must be a multiple of 16");
  EXPECT_EQ(reason("wmma", "gemm/f32/nn/m8n6k8"),
            "rows of B have 24 bytes, must be a multiple of 16");
  EXPECT_EQ(reason("mma_sync", "gemm/s8/nt/m1n1k16"), "");
  EXPECT_EQ(reason("mma_sync", "gemm/s8/nn/m16n16k16"),
            "ldmatrix cannot transpose bytes: s8 only as nt");
  EXPECT_EQ(reason("wmma", "gemm/s8/nn/m16n16k16"), "");
  EXPECT_NE(reason("wmma", "gemm/f64/nn/m16n16k16"), "");
}

}  // namespace
}  // namespace breakeven
