#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "operations/gemm/types.h"
#include "tests/support/gemm_tensors.h"

namespace breakeven {
namespace {

using test::Fill;
using test::GemmTensors;

/// C by definition, in the dtypes, its terms summed in the given order of k.
void multiply(const GemmProblem& p, const GemmTensors& tensors,
              const std::vector<std::int64_t>& order) {
  with_gemm_types(p.dtype, [&]<class Types>(Types) {
    using C = typename Types::C;
    using Sum = typename Types::Sum;
    for (std::int64_t index = 0; index < p.batch * p.m * p.n; ++index) {
      const std::int64_t batch = index / (p.m * p.n), i = index / p.n % p.m, j = index % p.n;
      const auto* a = tensors.call()[0].as<typename Types::A>() + batch * p.m * p.k;
      const auto* b = tensors.call()[1].as<typename Types::B>() + batch * p.k * p.n;
      Sum sum = 0;
      for (const std::int64_t k : order) {
        sum += static_cast<Sum>(p.trans_a ? a[k * p.m + i] : a[i * p.k + k]) *
               static_cast<Sum>(p.trans_b ? b[j * p.k + k] : b[k * p.n + j]);
      }
      C& c = tensors.c().as<C>()[index];
      const Sum added = p.beta == 0 ? Sum{0} : static_cast<Sum>(p.beta) * static_cast<Sum>(c);
      c = static_cast<C>(static_cast<Sum>(p.alpha) * sum + added);
    }
  });
}

std::vector<std::int64_t> ascending(std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) order[static_cast<std::size_t>(i)] = i;
  return order;
}

Verdict check(const GemmProblem& p, const GemmTensors& tensors, Fill fill, std::uint64_t seed) {
  const Oracle oracle = p.view().oracle;
  return fill == Fill::integers
             ? oracle.exact_product(tensors.before(), tensors.outputs(), seed)
             : oracle.real_product(tensors.before(), tensors.outputs(), p.view().rounding, seed);
}

const char* const problems[] = {
    "gemm/f32/nn/m5n7k9",
    "gemm/f32/nt/m1n33k17",
    "gemm/f32/tn/m33n1k17",
    "gemm/f32/tt/b4m9n6k20/alpha-2beta3",
    "gemm/f64/nn/m17n16k15/alpha0.5beta-0.25",
    "gemm/f64/tt/m3n2k1",
    "gemm/f64/tn/b3m8n8k64/alpha1beta1",
    "gemm/bf16/nn/m5n7k90",
    "gemm/f16/nt/b2m6n5k33/alpha-2beta3",
    "gemm/e4m3/tn/m9n5k70",
    "gemm/e5m2/tt/m7n6k40/alpha0.5beta-0.25",
    "gemm/s8/nt/b2m6n7k50/alpha-2beta3",
};

TEST(GemmOracle, ElementMatchesTheDefinition) {
  for (const char* id : problems) {
    const GemmProblem p = parse_gemm(id);
    const GemmTensors tensors(p, Fill::integers, 3);
    multiply(p, tensors, ascending(p.k));
    const Oracle oracle = p.view().oracle;
    for (std::int64_t i = 0; i < p.batch * p.m * p.n; ++i) {
      const Expected expected = oracle.element(tensors.before(), i);
      ASSERT_EQ(tensors.get(i), expected.value) << id << " " << i;
      ASSERT_GE(expected.magnitude, std::abs(expected.value));
    }
  }
}

TEST(GemmOracle, MagnitudeIsTheSumOfMagnitudes) {
  const GemmProblem p = parse_gemm("gemm/f64/nn/m1n1k2/alpha-2beta3");
  const GemmTensors tensors(p, Fill::integers, 1);
  tensors.before()[0].as<double>()[0] = 5;
  tensors.before()[0].as<double>()[1] = -5;
  tensors.before()[1].as<double>()[0] = 7;
  tensors.before()[1].as<double>()[1] = 7;
  tensors.before()[2].as<double>()[0] = -4;
  const Expected expected = p.view().oracle.element(tensors.before(), 0);
  EXPECT_EQ(expected.value, -12);
  EXPECT_EQ(expected.magnitude, 2 * 70 + 12);
}

TEST(GemmOracle, AcceptsRightResultsInAnyOrderOfSummation) {
  std::mt19937_64 random(4);
  for (const char* id : problems) {
    const GemmProblem p = parse_gemm(id);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      std::vector<std::int64_t> order = ascending(p.k);
      std::shuffle(order.begin(), order.end(), random);
      for (const Fill fill : {Fill::integers, Fill::normal}) {
        const GemmTensors tensors(p, fill, seed);
        multiply(p, tensors, order);
        const Verdict verdict = check(p, tensors, fill, seed);
        ASSERT_TRUE(verdict.ok) << id << ": " << verdict.detail;
      }
    }
  }
}

TEST(GemmOracle, AcceptsRightResultsOfManySizes) {
  for (const char* id : {"gemm/f32/nn/m100n300k1000", "gemm/f64/nt/m100n300k1000",
                         "gemm/f32/tn/m3n4000k5", "gemm/f32/tt/m50n2k8000"}) {
    const GemmProblem p = parse_gemm(id);
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      const GemmTensors tensors(p, fill, 5);
      multiply(p, tensors, ascending(p.k));
      const Verdict verdict = check(p, tensors, fill, 5);
      EXPECT_TRUE(verdict.ok) << id << ": " << verdict.detail;
    }
  }
}

// Trap: "three mismatch tests joined by &&; a four-corner checksum": one wrong element anywhere
// fails.
TEST(GemmOracle, OneWrongIntegerAnywhereIsCaught) {
  for (const char* id : problems) {
    const GemmProblem p = parse_gemm(id);
    GemmTensors tensors(p, Fill::integers, 6);
    multiply(p, tensors, ascending(p.k));
    for (std::int64_t i = 0; i < p.batch * p.m * p.n; ++i) {
      const double right = tensors.get(i);
      const double unit = p.alpha == 0.5 ? 0.25 : 1;  // results are multiples of it
      for (const double wrong : {right + unit, right - unit, -right - unit, 0.0, right + 0x1p20,
                                 right + unit / 2, right * (1 + 0x1p-20)}) {
        tensors.set(i, wrong);
        if (tensors.get(i) == right) continue;
        const Verdict verdict = check(p, tensors, Fill::integers, static_cast<std::uint64_t>(i));
        ASSERT_FALSE(verdict.ok) << id << " element " << i << " " << right << " -> " << wrong;
      }
      tensors.set(i, right);
    }
    EXPECT_TRUE(check(p, tensors, Fill::integers, 0).ok) << id;
  }
}

TEST(GemmOracle, OneWrongRealAnywhereIsCaught) {
  for (const char* id : problems) {
    const GemmProblem p = parse_gemm(id);
    const Rounding rounding = p.view().rounding;
    // Of a row of bf16 or f16 the product check sees but what is as large as the row: its elements
    // are checked one by one.
    if (rounding.output > 0x1p-20) continue;
    GemmTensors tensors(p, Fill::normal, 7);
    multiply(p, tensors, ascending(p.k));
    const Oracle oracle = p.view().oracle;
    for (std::int64_t i = 0; i < p.batch * p.m * p.n; ++i) {
      const double right = tensors.get(i);
      // Twice what a row tolerates: 8 times the L2 norm of its element bounds.
      const double magnitude = oracle.element(tensors.before(), i).magnitude;
      const double bound =
          rounding.output + 4 * std::sqrt(static_cast<double>(p.k)) * rounding.accumulate;
      double largest = magnitude;
      for (std::int64_t j = i - i % p.n; j < i - i % p.n + p.n; ++j) {
        largest = std::max(largest, oracle.element(tensors.before(), j).magnitude);
      }
      double error = 16 * bound * 3 * largest * std::sqrt(static_cast<double>(p.n));
      if (is_integer(p.c_dtype())) error = 1;
      ASSERT_LE(error, 1) << id << ": the check would be blind";
      for (const double sign : {1.0, -1.0}) {
        tensors.set(i, right + sign * error);
        ASSERT_FALSE(check(p, tensors, Fill::normal, static_cast<std::uint64_t>(i)).ok)
            << id << " element " << i << " off by " << error;
      }
      tensors.set(i, right);
    }
    EXPECT_TRUE(check(p, tensors, Fill::normal, 0).ok) << id;
  }
}

// Trap: "diff > tol lets NaN pass; relative error divided by a signed reference".
TEST(GemmOracle, NanAndInfinityNeverPass) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const char* id : problems) {
    const GemmProblem p = parse_gemm(id);
    if (is_integer(p.c_dtype())) continue;  // has neither
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      GemmTensors tensors(p, fill, 8);
      multiply(p, tensors, ascending(p.k));
      const std::int64_t last = p.batch * p.m * p.n - 1;
      for (const std::int64_t i : {std::int64_t{0}, last / 2, last}) {
        const double right = tensors.get(i);
        for (const double wrong : {nan, infinity, -infinity}) {
          tensors.set(i, wrong);
          EXPECT_FALSE(check(p, tensors, fill, 0).ok) << id << " " << wrong;
        }
        tensors.set(i, right);
      }
    }
  }
}

TEST(GemmOracle, NegativeResultsAreHeldToTheSameBound) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m2n2k2");
  for (const float value : {3.0f, -3.0f}) {
    GemmTensors tensors(p, Fill::normal, 9);
    for (const Tensor& tensor : {tensors.call()[0], tensors.call()[1]}) {
      for (int i = 0; i < 4; ++i)
        tensor.as<float>()[i] = tensor.data == tensors.call()[0].data ? value : 1.0f;
    }
    for (int i = 0; i < 4; ++i) tensors.set(i, 2.0 * value);
    EXPECT_TRUE(check(p, tensors, Fill::normal, 0).ok);
    tensors.set(1, 2.0 * value * 1.001);
    EXPECT_FALSE(check(p, tensors, Fill::normal, 0).ok);
    tensors.set(1, -2.0 * value);
    EXPECT_FALSE(check(p, tensors, Fill::normal, 0).ok);
  }
}

TEST(GemmOracle, ZerosAndSubnormalsAreCompared) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m3n3k2");
  for (const float scale : {0.0f, 0x1p-70f, 0x1p-74f}) {  // products 0, 2^-140 (subnormal), 2^-148
    GemmTensors tensors(p, Fill::normal, 10);
    for (int i = 0; i < 6; ++i) {
      tensors.call()[0].as<float>()[i] *= scale;
      tensors.call()[1].as<float>()[i] *= scale;
    }
    multiply(p, tensors, ascending(p.k));
    const Verdict verdict = check(p, tensors, Fill::normal, 0);
    EXPECT_TRUE(verdict.ok) << scale << ": " << verdict.detail;
    const double right = tensors.get(4);
    tensors.set(4, right + 0x1p-140);
    EXPECT_FALSE(check(p, tensors, Fill::normal, 0).ok) << scale;
  }
}

TEST(GemmOracle, FailureNamesTheElement) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/b2m3n4k5");
  for (const Fill fill : {Fill::integers, Fill::normal}) {
    GemmTensors tensors(p, fill, 11);
    multiply(p, tensors, ascending(p.k));
    tensors.set((1 * 3 + 2) * 4 + 1, 12345);
    const Verdict verdict = check(p, tensors, fill, 0);
    EXPECT_FALSE(verdict.ok);
    EXPECT_EQ(verdict.detail.find("C[1, 2, 1] is 12345, must be "), 0u) << verdict.detail;
  }
}

TEST(GemmOracle, CIsNotReadWhereBetaIsZero) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m4n4k4");
  const GemmTensors tensors(p, Fill::integers, 12);
  ASSERT_TRUE(std::isnan(tensors.before()[2].as<float>()[0]));
  multiply(p, tensors, ascending(p.k));
  EXPECT_TRUE(check(p, tensors, Fill::integers, 0).ok);
  EXPECT_TRUE(std::isfinite(p.view().oracle.element(tensors.before(), 0).value));
}

TEST(GemmOracle, ExactCheckRefusesInputsThatAreNoIntegers) {
  const GemmProblem p = parse_gemm("gemm/f32/nn/m4n4k4");
  const GemmTensors tensors(p, Fill::normal, 13);
  multiply(p, tensors, ascending(p.k));
  const Verdict verdict = check(p, tensors, Fill::integers, 0);
  EXPECT_FALSE(verdict.ok);
  EXPECT_NE(verdict.detail.find("no integers"), std::string::npos) << verdict.detail;
}

// Sums far beyond 2^53 wrap the same way on both sides of the check.
TEST(GemmOracle, ExactCheckWrapsAsItMay) {
  const GemmProblem p = parse_gemm("gemm/f64/nn/m2n2k2");
  GemmTensors tensors(p, Fill::integers, 14);
  ASSERT_GT(p.exact_tier().range, 1 << 25);
  for (int i = 0; i < 4; ++i) {
    tensors.call()[0].as<double>()[i] = (i % 2 ? 1 : -1) * (p.exact_tier().range - i);
    tensors.call()[1].as<double>()[i] = p.exact_tier().range - i;
  }
  multiply(p, tensors, ascending(p.k));
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ASSERT_TRUE(check(p, tensors, Fill::integers, seed).ok);
  }
  tensors.set(3, tensors.get(3) + 1);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ASSERT_FALSE(check(p, tensors, Fill::integers, seed).ok);
  }
}

// Trap: a lower-precision mode passing for the full one: f32 arithmetic must not pass as f64.
TEST(GemmOracle, SinglePrecisionDoesNotPassAsDouble) {
  const GemmProblem p = parse_gemm("gemm/f64/nn/m64n64k64");
  GemmTensors tensors(p, Fill::normal, 15);
  multiply(p, tensors, ascending(p.k));
  EXPECT_TRUE(check(p, tensors, Fill::normal, 0).ok);
  for (std::int64_t i = 0; i < p.m * p.n; ++i) {
    tensors.set(i, static_cast<float>(tensors.get(i)));
  }
  EXPECT_FALSE(check(p, tensors, Fill::normal, 0).ok);
}

}  // namespace
}  // namespace breakeven
