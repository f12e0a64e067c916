#include <gtest/gtest.h>
#include <omp.h>

#include <cstring>
#include <tuple>

#include "cpu_reference/gemm/list.h"
#include "tests/support/cpu_call.h"
#include "tests/support/gemm_check.h"
#include "tests/support/list_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::GemmTensors;

/// Runs an implementation on that problem and holds the result against the oracle; also A and B
/// must be left as they were.
void expect_right(const CpuImplementation<GemmProblem>& implementation, const GemmProblem& p,
                  Fill fill) {
  ASSERT_TRUE(implementation.supports(p)) << p.id();
  GemmTensors tensors(p, fill, 17);
  const GemmTensors untouched(p, fill, 17);
  const CpuCall call = implementation.prepare(p);
  test::pack(call, tensors);
  call.run(tensors.call());
  for (const std::size_t input : {0, 1}) {
    ASSERT_EQ(std::memcmp(tensors.call()[input].data, untouched.call()[input].data,
                          GemmTensors::bytes(tensors.call()[input])),
              0)
        << "an input was changed";
  }
  test::expect_matches_oracle(p, tensors, fill, test::math_mode_of(implementation, p));
}

class CpuGemm : public testing::TestWithParam<test::Parameters> {};

TEST_P(CpuGemm, MatchesTheOracle) {
  const auto& [index, dtype, trans_a, trans_b] = GetParam();
  const CpuImplementation<GemmProblem>& implementation = cpu_gemm_list()[index];
  test::for_each_gemm(dtype, trans_a, trans_b, [&](const GemmProblem& p, Fill fill) {
    if (implementation.supports(p)) expect_right(implementation, p, fill);
  });
}

std::string name_of_parameters(const testing::TestParamInfo<test::Parameters>& info) {
  const auto& [index, dtype, trans_a, trans_b] = info.param;
  return test::name_of_case(cpu_gemm_list()[index].name, dtype, trans_a, trans_b);
}

INSTANTIATE_TEST_SUITE_P(All, CpuGemm, testing::ValuesIn(test::supported(cpu_gemm_list())),
                         name_of_parameters);

/// Sets the number of OpenMP threads for as long as it lives.
class Threads {
 public:
  explicit Threads(int count) : before_(omp_get_max_threads()) { omp_set_num_threads(count); }
  ~Threads() { omp_set_num_threads(before_); }

 private:
  int before_;
};

// More threads than rows, one thread, and fewer at the call than there were at `prepare`.
TEST(CpuGemmThreads, AnyNumberGivesTheSameIntegers) {
  const GemmProblem p = parse_gemm("gemm/f32/nt/b2m3n40k50/alpha2beta1");
  for (const auto& implementation : cpu_gemm_list()) {
    if (!implementation.supports(p)) continue;
    for (const int threads : {1, 2, 5}) {
      const Threads scope(threads);
      ASSERT_NO_FATAL_FAILURE(expect_right(implementation, p, Fill::integers))
          << implementation.name;
    }
    GemmTensors tensors(p, Fill::integers, 18);
    CpuCall call;
    {
      const Threads scope(4);
      call = implementation.prepare(p);
    }
    const Threads scope(2);
    test::pack(call, tensors);
    call.run(tensors.call());
    const Verdict verdict = p.view().oracle.exact_product(tensors.before(), tensors.outputs(), 2);
    EXPECT_TRUE(verdict.ok) << implementation.name << ": " << verdict.detail;
  }
}

// The harness rotates buffers: the same callable gets other tensors each time.
TEST(CpuGemmCall, TakesOtherTensorsEachTime) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m20n40k30");
  for (const auto& implementation : cpu_gemm_list()) {
    if (!implementation.supports(p)) continue;
    const CpuCall call = implementation.prepare(p);
    std::vector<GemmTensors> sets;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      sets.emplace_back(p, Fill::integers, seed);
      test::pack(call, sets.back());
    }
    for (int round = 0; round < 2; ++round) {
      for (GemmTensors& tensors : sets) {
        call.run(tensors.call());
        const Verdict verdict =
            p.view().oracle.exact_product(tensors.before(), tensors.outputs(), 3);
        EXPECT_TRUE(verdict.ok) << implementation.name << ": " << verdict.detail;
        tensors.set(0, 1e6);
      }
    }
  }
}

// Each call starts from what C holds.
TEST(CpuGemmCall, AccumulatesWhereBetaIsNotZero) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m2n2k2/alpha1beta1");
  for (const auto& implementation : cpu_gemm_list()) {
    if (!implementation.supports(p)) continue;
    GemmTensors tensors(p, Fill::integers, 19);
    const CpuCall call = implementation.prepare(p);
    test::pack(call, tensors);
    call.run(tensors.call());
    call.run(tensors.call());
    for (int i = 0; i < 4; ++i) {
      const double before = tensors.before()[2].as<float>()[i];
      const double once = p.view().oracle.element(tensors.before(), i).value;
      EXPECT_EQ(tensors.get(i), before + 2 * (once - before)) << implementation.name;
    }
  }
}

TEST(CpuGemmList, NamesAreUniqueAndRungsAscend) {
  const auto names = test::names_in_order(cpu_gemm_list());
  EXPECT_EQ(names, (std::vector<std::string_view>{"naive", "reordered", "blocked", "packed",
                                                  "packed_bf16", "packed_s8", "skinny", "openblas",
                                                  "onednn", "onednn_packed"}));
}

TEST(CpuGemmList, ReasonsSayWhyNot) {
  const GemmProblem f64 = parse_gemm("gemm/f64/nn/m4n4k4");
  const GemmProblem huge = parse_gemm("gemm/f32/nn/m1n1k3000000000");
  for (const auto& implementation : cpu_gemm_list()) {
    const bool onednn = implementation.name.starts_with("onednn");
    EXPECT_EQ(implementation.supports(f64).reason.starts_with("multiplies f32"), onednn);
    if (implementation.name == "openblas") {
      EXPECT_NE(implementation.supports(huge).reason.find("integers"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace breakeven
