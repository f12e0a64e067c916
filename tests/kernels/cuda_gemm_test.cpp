#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/gemm/list.h"
#include "tests/support/device_run.h"
#include "tests/support/gemm_check.h"
#include "tests/support/gpu.h"
#include "tests/support/list_check.h"
#include "tests/support/math_mode_check.h"

namespace breakeven {
namespace {

using test::DeviceCopy;
using test::Fill;
using test::GemmTensors;

/// Runs an implementation on that problem on the device and holds the result against the oracle.
void expect_right(const CudaImplementation<GemmProblem>& implementation, const GemmProblem& p,
                  Fill fill) {
  GemmTensors tensors(p, fill, 17);
  test::run_on_device(implementation, p, tensors);
  test::expect_matches_oracle(p, tensors, fill, test::math_mode_of(implementation, p));
}

using Parameters = std::tuple<std::size_t, Dtype>;

class CudaGemm : public testing::TestWithParam<Parameters> {};

TEST_P(CudaGemm, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  const auto& [index, dtype] = GetParam();
  const CudaImplementation<GemmProblem>& implementation = cuda_gemm_list()[index];
  bool took_one = false;
  std::string reason;  // why it took none
  for (const auto& [trans_a, trans_b] : {std::pair{false, false}, std::pair{false, true},
                                         std::pair{true, false}, std::pair{true, true}}) {
    test::for_each_gemm(dtype, trans_a, trans_b, [&](const GemmProblem& p, Fill fill) {
      const Support support = implementation.supports(p);
      took_one |= bool(support);
      if (support) return expect_right(implementation, p, fill);
      reason = support.reason;
    });
  }
  if (!took_one) GTEST_SKIP() << reason;
}

/// Whether an implementation says no to a dtype whatever the device; without one it may be unable
/// to answer at all.
bool refuses(const CudaImplementation<GemmProblem>& implementation, Dtype dtype) {
  try {
    return implementation.supports({.dtype = dtype, .m = 16, .n = 16, .k = 16})
        .reason.starts_with("multiplies ");
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<Parameters> all_parameters() {
  std::vector<Parameters> all;
  for (std::size_t index = 0; index < cuda_gemm_list().size(); ++index) {
    for (const Dtype dtype : test::gemm_dtypes) {
      if (!refuses(cuda_gemm_list()[index], dtype)) all.emplace_back(index, dtype);
    }
  }
  return all;
}

std::string name_of_parameters(const testing::TestParamInfo<Parameters>& info) {
  const auto& [index, dtype] = info.param;
  return std::string(cuda_gemm_list()[index].name) + "_" + std::string(name_of(dtype));
}

INSTANTIATE_TEST_SUITE_P(All, CudaGemm, testing::ValuesIn(all_parameters()), name_of_parameters);

// A grid's y and z end at 65535: long matrices and large batches must not depend on them.
TEST(CudaGemmGrid, HoldsLongMatricesAndLargeBatches) {
  BREAKEVEN_NEEDS_GPU();
  for (const auto& implementation : cuda_gemm_list()) {
    for (const char* id :
         {"gemm/f32/nn/b70000m1n2k3", "gemm/f32/nn/m2200000n1k1", "gemm/f32/nn/m1n2200000k1"}) {
      const GemmProblem p = parse_gemm(id);
      if (!implementation.supports(p)) continue;  // refused with a reason is right, too
      SCOPED_TRACE(std::string(implementation.name) + " " + id);
      expect_right(implementation, p, Fill::integers);
    }
  }
}

TEST(CudaGemmGrid, RefusesMoreTilesThanAGridHolds) {
  const GemmProblem fits = parse_gemm("gemm/f32/nn/b2147483647m16n16k1");
  const GemmProblem huge = parse_gemm("gemm/f32/nn/b2147483648m16n16k1");
  for (const auto& implementation : cuda_gemm_list()) {
    if (implementation.rung == Rung::library) continue;
    if (test::no_gpu().empty()) {  // else some cannot say yes
      EXPECT_EQ(implementation.supports(fits).reason.find("tiles"), std::string::npos)
          << implementation.name;
    }
    EXPECT_NE(implementation.supports(huge).reason.find("C has 2147483648 tiles"),
              std::string::npos)
        << implementation.name;
  }
}

// The harness rotates buffers and may change the stream.
TEST(CudaGemmCall, TakesOtherTensorsAndStreamsEachTime) {
  BREAKEVEN_NEEDS_GPU();
  const GemmProblem p = parse_gemm("gemm/f32/nn/m20n40k30");
  for (const auto& implementation : cuda_gemm_list()) {
    if (!implementation.supports(p)) continue;
    const CudaCall call = implementation.prepare(p);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      GemmTensors tensors(p, Fill::integers, seed);
      const DeviceCopy a(tensors.call()[0]), b(tensors.call()[1]), c(tensors.call()[2]);
      const Tensor device[] = {a.tensor(), b.tensor(), c.tensor()};
      const CudaStream stream = make_stream();
      call.run(device, stream.get());
      BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
      c.copy_to(tensors.c().data);
      const Verdict verdict = p.view().oracle.exact_product(tensors.before(), tensors.outputs(), 3);
      EXPECT_TRUE(verdict.ok) << implementation.name << ": " << verdict.detail;
    }
  }
}

TEST(CudaGemmMathMode, IsWhatItsNameSays) {
  BREAKEVEN_NEEDS_GPU();
  for (const auto& implementation : cuda_gemm_list()) {
    test::expect_rounding_of_its_math_mode(implementation);
  }
}

TEST(CudaGemmList, NamesAreUniqueAndRungsAscend) {
  const auto names = test::names_in_order(cuda_gemm_list());
  EXPECT_EQ(names.back(), "cublaslt_tf32_searched");
}

}  // namespace
}  // namespace breakeven
