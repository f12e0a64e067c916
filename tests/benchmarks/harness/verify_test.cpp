#include "benchmarks/harness/verify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "operations/gemm/problem.h"
#include "tests/benchmarks/harness/scale.h"

namespace breakeven::test {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A problem, one tier's data, and an output to be spoilt.
class Checked {
 public:
  Checked(ProblemView view, bool exact, Fill fill = Fill::normal)
      : view_(std::move(view)),
        data(view_, exact, fill, 1),
        output_({view_.tensors[data.outputs()[0]]}, 1),
        output(output_.tensors(0)[0]) {
    for (std::int64_t i = 0; i < output.elements; ++i) set(i, expected(i));
  }
  double expected(std::int64_t i) const { return view_.oracle.element(data.before(), i).value; }
  double magnitude(std::int64_t i) const {
    return view_.oracle.element(data.before(), i).magnitude;
  }
  void set(std::int64_t i, double value) {
    with_type(output.dtype, [&]<class T>(T) { output.as<T>()[i] = static_cast<T>(value); });
  }
  CheckData::Outcome check() const { return data.check({&output, 1}, view_.rounding); }
  bool passes() const { return check().verdict.ok; }

 private:
  ProblemView view_;

 public:
  CheckData data;

 private:
  HostBuffers output_;

 public:
  Tensor output;
};

ProblemView gemm(const char* id) { return parse_gemm(id).view(); }

TEST(Verify, TheRightOutputPassesInBothTiers) {
  for (bool exact : {true, false}) {
    for (const char* id : {"gemm/f32/nn/m7n5k9", "gemm/f64/tt/b3m4n5k6", "gemm/f32/nt/m1n1k1"}) {
      Checked checked(gemm(id), exact);
      const auto outcome = checked.check();
      EXPECT_TRUE(outcome.verdict.ok) << id << ": " << outcome.verdict.detail;
      EXPECT_EQ(outcome.elements, checked.output.elements) << "small problems are checked whole";
    }
  }
}

// Three mismatch tests joined by `&&`; a four-corner checksum.
TEST(Traps, OneWrongElementAnywhereFails) {
  for (bool exact : {true, false}) {
    Checked checked(gemm("gemm/f32/nn/b2m5n4k8"), exact);
    for (std::int64_t i = 0; i < checked.output.elements; ++i) {
      checked.set(i, checked.expected(i) + 1);
      const auto outcome = checked.check();
      EXPECT_FALSE(outcome.verdict.ok) << i;
      EXPECT_NE(outcome.verdict.detail.find(std::to_string(i)), std::string::npos)
          << outcome.verdict.detail;
      checked.set(i, checked.expected(i));
    }
    EXPECT_TRUE(checked.passes());
  }
}

TEST(Verify, OneWrongElementInALargeProblemFails) {
  // Too large to check each element: the product over all of C has to notice.
  for (bool exact : {true, false}) {
    Checked checked(gemm("gemm/f32/nn/m600n600k300"), exact);
    ASSERT_TRUE(checked.passes());
    ASSERT_LT(checked.check().elements, checked.output.elements);
    for (std::int64_t i : {std::int64_t{1}, std::int64_t{123'457}, checked.output.elements - 2}) {
      checked.set(i, checked.expected(i) + 8);
      EXPECT_FALSE(checked.passes()) << i;
      checked.set(i, checked.expected(i));
    }
  }
}

// A relative error divided by a signed reference: negatives always pass; `diff > tol` lets NaN
// pass.
TEST(Traps, TheComparerSeesNegativesZerosNaNAndInf) {
  for (bool exact : {true, false}) {
    Checked checked(gemm("gemm/f32/nn/m6n6k4"), exact);
    for (std::int64_t i = 0; i < checked.output.elements; ++i) {
      const double right = checked.expected(i);
      for (double wrong : {-right, 0.0, kNaN, kInfinity, -kInfinity, right + 2, right - 2, 1e30}) {
        if (wrong == right) continue;
        checked.set(i, wrong);
        EXPECT_FALSE(checked.passes()) << right << " is not " << wrong;
      }
      checked.set(i, right);
    }
  }
}

TEST(Verify, AnUnwrittenElementFails) {
  for (bool exact : {true, false}) {
    Checked checked(gemm("gemm/f32/nn/m8n8k8"), exact);
    const Tensor& before = checked.data.before()[checked.data.outputs()[0]];
    const double poison = before.as<float>()[11];
    EXPECT_TRUE(std::isnan(poison)) << "outputs are poisoned before a call";
    checked.set(11, poison);
    EXPECT_FALSE(checked.passes());
  }
}

TEST(Verify, TheExactTierTakesNothingButTheExactValue) {
  Checked checked(gemm("gemm/f32/nn/m4n4k4"), true);
  checked.set(5, std::nextafter(float(checked.expected(5)), 1e9f));
  EXPECT_FALSE(checked.passes());
}

// bf16 epsilon taken as 0.079; tolerances turned up until green.
TEST(Traps, TheBoundIsThatOfTheDtypeAndNoLarger) {
  Checked checked(gemm("gemm/f32/nn/m4n4k100"), false);
  const double u = unit_roundoff(Dtype::f32);
  for (std::int64_t i = 0; i < checked.output.elements; ++i) {
    const double bound =
        u * std::abs(checked.expected(i)) + 4 * std::sqrt(100.0) * u * checked.magnitude(i);
    EXPECT_LT(bound, 1e-3);
    checked.set(i, checked.expected(i) + 0.9 * bound);
    EXPECT_TRUE(checked.passes()) << "within the bound";
    EXPECT_NEAR(checked.check().worst, 0.9, 0.05);
    checked.set(i, checked.expected(i) + 1.1 * bound);
    EXPECT_FALSE(checked.passes()) << "beyond the bound";
    checked.set(i, checked.expected(i));
  }
}

TEST(Verify, ComparesSignedZeros) {
  Checked checked(Scale{8}.view(), false, Fill::zeros);
  EXPECT_TRUE(checked.passes());
  checked.set(3, -0.0);
  EXPECT_TRUE(checked.passes()) << "-0 equals 0";
  checked.set(3, 1e-40);
  EXPECT_FALSE(checked.passes()) << "a subnormal is not 0";
}

TEST(Verify, ComparesSubnormals) {
  for (double right : {1e-40, -1e-40, smallest_subnormal(Dtype::f32)}) {
    ProblemView view = Scale{4}.view();
    view.rounding.underflow = 3 * smallest_subnormal(Dtype::f32);
    const auto pass = [](auto&&...) { return Verdict{}; };
    view.oracle = {[=](Tensors, std::int64_t) { return Expected{right, std::abs(right)}; }, pass,
                   pass};
    Checked checked(view, false);
    EXPECT_TRUE(checked.passes()) << right << " rounded to f32";
    checked.set(2, -right);
    EXPECT_EQ(checked.passes(), std::abs(right) < 1e-44) << right << " with the other sign";
    checked.set(2, kNaN);
    EXPECT_FALSE(checked.passes());
    checked.set(2, 1e-30);
    EXPECT_FALSE(checked.passes());
  }
}

/// y = 2x and the three elements z = 3x[i]: an operation with two outputs, of which one is small.
ProblemView two_outputs(std::int64_t n) {
  ProblemView view = Scale{n}.view();
  view.tensors.push_back({"z", {3}, Dtype::f32, Role::output});
  view.reduction = 1 << 22;  // too dear to check each element
  const auto pass = [](auto&&...) { return Verdict{}; };
  view.oracle = {[n](Tensors before, std::int64_t i) {
                   const float* x = before[0].as<float>();
                   const double value = i < n ? 2.0 * x[i] : 3.0 * x[i - n];
                   return Expected{value, std::abs(value)};
                 },
                 pass, pass};
  return view;
}

TEST(Verify, EveryOutputIsCheckedAndNamed) {
  constexpr std::int64_t n = 1000;
  for (bool exact : {true, false}) {
    const ProblemView view = two_outputs(n);
    const CheckData data(view, exact, Fill::normal, 1);
    EXPECT_EQ(data.outputs(), (std::vector<std::size_t>{1, 2}));
    HostBuffers host({view.tensors[1], view.tensors[2]}, 1);
    const Tensors outputs = host.tensors(0);
    const auto fill = [&] {
      for (std::int64_t i = 0; i < n; ++i) {
        outputs[0].as<float>()[i] = static_cast<float>(view.oracle.element(data.before(), i).value);
      }
      for (std::int64_t i = 0; i < 3; ++i) {
        outputs[1].as<float>()[i] =
            static_cast<float>(view.oracle.element(data.before(), n + i).value);
      }
    };
    fill();
    const auto right = data.check(outputs, view.rounding);
    EXPECT_TRUE(right.verdict.ok) << right.verdict.detail;
    EXPECT_EQ(right.elements, 64 + 3) << "a choice of the large one, all of the small one";
    for (std::int64_t i = 0; i < 3; ++i) {
      outputs[1].as<float>()[i] += 1;
      const auto wrong = data.check(outputs, view.rounding);
      EXPECT_FALSE(wrong.verdict.ok);
      EXPECT_EQ(wrong.verdict.detail.find("element " + std::to_string(i) + " of z: "), 0u)
          << wrong.verdict.detail;
      fill();
    }
    outputs[0].as<float>()[n - 1] = kNaN;
    EXPECT_FALSE(data.check(outputs, view.rounding).verdict.ok);
  }
}

TEST(Verify, DifferentSeedsGiveDifferentData) {
  const ProblemView view = Scale{64}.view();
  const CheckData one(view, false, Fill::normal, 1), two(view, false, Fill::normal, 2);
  EXPECT_NE(hash_of(one.before()[0]), hash_of(two.before()[0]));
}

TEST(Verify, InputsOfOneProblemDiffer) {
  // A and B of equal shape must not be the same numbers: A·B and A·A would look alike.
  const ProblemView view = gemm("gemm/f32/nn/m8n8k8");
  for (bool exact : {true, false}) {
    const CheckData data(view, exact, Fill::normal, 1);
    EXPECT_NE(hash_of(data.before()[0]), hash_of(data.before()[1]));
  }
}

TEST(Verify, TheExactTierIsIntegersWhateverTheFill) {
  const ProblemView view = gemm("gemm/f32/nn/m16n16k16");
  const CheckData exact(view, true, Fill::normal, 1), real(view, false, Fill::normal, 1);
  for (std::int64_t i = 0; i < 256; ++i) {
    const float value = exact.before()[0].as<float>()[i];
    EXPECT_EQ(value, std::trunc(value));
  }
  EXPECT_NE(statistics_of(real.before()[0]).standard_deviation, 0);
}

}  // namespace
}  // namespace breakeven::test
