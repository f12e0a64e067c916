#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "cpu_reference/batch_norm/list.h"
#include "cpu_reference/bias/list.h"
#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/caches.h"
#include "cpu_reference/elementwise/list.h"
#include "cpu_reference/pool/list.h"
#include "cpu_reference/sgd/list.h"
#include "cpu_reference/softmax_cross_entropy/list.h"
#include "tests/support/cpu_call.h"
#include "tests/support/list_check.h"
#include "tests/support/ops_check.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// Runs an implementation on that problem and holds all outputs against the oracle; inputs must be
/// left as they were.
template <class Problem>
void expect_right(const CpuImplementation<Problem>& implementation, const Problem& p, Fill fill) {
  SCOPED_TRACE(std::string(implementation.name) + " " + p.id() +
               (fill == Fill::integers ? " integers" : " normal"));
  const ProblemView view = p.view();
  const ProblemTensors tensors(view, fill, 17), untouched(view, fill, 17);
  implementation.prepare(p).run(tensors.call());
  for (std::size_t i = 0; i < view.tensors.size(); ++i) {
    if (tensors.is_output(i)) continue;
    ASSERT_EQ(
        std::memcmp(tensors.call()[i].data, untouched.call()[i].data, tensors.call()[i].bytes()), 0)
        << "an input was changed";
  }
  test::expect_matches_oracle(view, tensors, fill, test::math_mode_of(implementation, p));
}

/// Both tiers, where there are both, on one thread and on more than there are cores.
template <class List, class Problem>
void expect_all_right(const List& list, const std::vector<Problem>& problems) {
  const int before = omp_get_max_threads();
  for (const auto& implementation : list) {
    int taken = 0;
    for (const Problem& p : problems) {
      if (!implementation.supports(p)) continue;
      ++taken;
      for (const int threads : {1, 3}) {
        omp_set_num_threads(threads);
        if (p.view().exact_range > 0) expect_right(implementation, p, Fill::integers);
        expect_right(implementation, p, Fill::normal);
      }
      if (testing::Test::HasFailure()) break;
    }
    EXPECT_GT(taken, 0) << implementation.name;
  }
  omp_set_num_threads(before);
  test::names_in_order(list);
}

TEST(CpuElementwise, MatchesTheOracle) {
  expect_all_right(cpu_elementwise_list(), test::elementwise_problems());
}
TEST(CpuSgd, MatchesTheOracle) { expect_all_right(cpu_sgd_list(), test::sgd_problems()); }
TEST(CpuSoftmaxCrossEntropy, MatchesTheOracle) {
  expect_all_right(cpu_softmax_cross_entropy_list(), test::softmax_cross_entropy_problems());
}
TEST(CpuPool, MatchesTheOracle) { expect_all_right(cpu_pool_list(), test::pool_problems()); }
TEST(CpuBatchNorm, MatchesTheOracle) {
  expect_all_right(cpu_batch_norm_list(), test::batch_norm_problems());
}
TEST(CpuBias, MatchesTheOracle) { expect_all_right(cpu_bias_list(), test::bias_problems()); }

// Larger than the last cache: stores go past it, in pieces. Checked here: the oracle would take its
// time with so many elements.
TEST(CpuElementwise, IsRightBeyondTheCaches) {
  const auto n = static_cast<std::int64_t>(caches().l3 / (2 * sizeof(float))) + 5;  // relu has two
  AlignedArray<float> a(static_cast<std::size_t>(n)), b(a.bytes() / sizeof(float)),
      y(a.bytes() / sizeof(float));
  for (std::int64_t i = 0; i < n; ++i) {
    a.data()[i] = static_cast<float>(i % 1001 - 500);
    b.data()[i] = static_cast<float>(i % 77);
  }
  const Tensor first{a.data(), Dtype::f32, n}, second{b.data(), Dtype::f32, n},
      result{y.data(), Dtype::f32, n};
  const auto& simd = cpu_elementwise_list()[1];
  ASSERT_EQ(simd.name, "simd");
  const auto mistakes = [&](auto expected) {
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < n; ++i) wrong += y.data()[i] != expected(i);
    return wrong;
  };
  std::fill_n(y.data(), n, NAN);
  simd.prepare({Elementwise::relu, Dtype::f32, n}).run(std::array{first, result});
  EXPECT_EQ(mistakes([&](std::int64_t i) { return std::max(a.data()[i], 0.0F); }), 0);
  std::fill_n(y.data(), n, NAN);
  simd.prepare({Elementwise::add, Dtype::f32, n}).run(std::array{first, second, result});
  EXPECT_EQ(mistakes([&](std::int64_t i) { return a.data()[i] + b.data()[i]; }), 0);
}

// Logits far apart: nothing may overflow, and a loss may be large.
TEST(CpuSoftmaxCrossEntropy, TakesLargeLogits) {
  const SoftmaxCrossEntropyProblem p{2, 20};
  for (const auto& implementation : cpu_softmax_cross_entropy_list()) {
    const ProblemTensors tensors(p.view(), Fill::normal, 5);
    float logits[40] = {1000, -1000};
    logits[20] = logits[21] = 500;
    logits[22] = -500;
    std::copy(std::begin(logits), std::end(logits), tensors.call()[0].as<float>());
    std::copy(std::begin(logits), std::end(logits), tensors.before()[0].as<float>());
    for (const Tensors& all : {tensors.call(), tensors.before()}) {
      all[1].as<std::int32_t>()[0] = 1;
      all[1].as<std::int32_t>()[1] = 0;
    }
    implementation.prepare(p).run(tensors.call());
    EXPECT_NEAR(tensors.get(0), (2000 + std::log(2)) / 2, 1e-3);
    test::expect_matches_oracle(p.view(), tensors, Fill::normal);
  }
}

// A class that is masked by -inf has no share; what is no number is seen in all of its row, and in
// the loss. 40 classes: whole vectors and a rest.
TEST(CpuSoftmaxCrossEntropy, MasksInfinityAndKeepsNan) {
  const SoftmaxCrossEntropyProblem p{2, 40};
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const auto& implementation : cpu_softmax_cross_entropy_list()) {
    for (const std::int64_t at : {1, 17, 39}) {
      const ProblemTensors tensors(p.view(), Fill::normal, 5);
      auto* logits = tensors.call()[0].as<float>();
      const auto* gradient = tensors.call()[3].as<float>();
      std::fill_n(tensors.call()[1].as<std::int32_t>(), 2, 0);
      const CpuCall call = implementation.prepare(p);
      logits[at] = -infinity;
      call.run(tensors.call());
      EXPECT_EQ(gradient[at], 0) << implementation.name;
      EXPECT_TRUE(std::isfinite(tensors.get(0))) << implementation.name;
      logits[at] = NAN;
      call.run(tensors.call());
      for (int c = 0; c < 40; ++c) {
        EXPECT_TRUE(std::isnan(gradient[c])) << implementation.name << ' ' << c;
        EXPECT_FALSE(std::isnan(gradient[40 + c])) << implementation.name << ' ' << c;
      }
      EXPECT_TRUE(std::isnan(tensors.get(0))) << implementation.name;
    }
  }
}

// The update goes on from what it left: two steps are not one.
TEST(CpuSgd, CarriesMomentumFromStepToStep) {
  const SgdProblem p{.n = 100, .lr = 0.1, .momentum = 0.9, .weight_decay = 0.01};
  for (const auto& implementation : cpu_sgd_list()) {
    const ProblemTensors tensors(p.view(), Fill::normal, 5);
    const CpuCall call = implementation.prepare(p);
    std::vector<double> v(100), w(100);
    for (int i = 0; i < 100; ++i) {
      v[i] = tensors.get(i);
      w[i] = tensors.get(100 + i);
    }
    for (int step = 0; step < 3; ++step) {
      call.run(tensors.call());
      for (int i = 0; i < 100; ++i) {
        v[i] = 0.9 * v[i] + tensors.call()[0].as<float>()[i] + 0.01 * w[i];
        w[i] -= 0.1 * v[i];
      }
    }
    for (int i = 0; i < 100; ++i) {
      EXPECT_NEAR(tensors.get(i), v[i], 1e-5) << implementation.name;
      EXPECT_NEAR(tensors.get(100 + i), w[i], 1e-5) << implementation.name;
    }
  }
}

}  // namespace
}  // namespace breakeven
