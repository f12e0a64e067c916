#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "operations/conv/problem.h"
#include "tests/support/conv_check.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

const char* const problems[] = {
    "conv/f32/nchw/fprop/n2c6h7w8k4r3s3/pad1x1",
    "conv/f32/nhwc/dgrad/n2c6h9w8k4r3s2/stride2x1/pad1x0/groups2",
    "conv/f32/nchw/wgrad/n2c4h9w9k6r3s3/stride2x2/pad1x1",
    "conv/f64/nwc/wgrad/n3c4w20k4s5/dilation2/groups4",
    "conv/bf16/nhwc/fprop/n2c40h6w5k6r3s3/pad1x1",
    "conv/f16/ncdhw/dgrad/n1c4d3h4w5k8t2r2s2",
};

/// Fills the output with what is true, rounded to its dtype.
void fill_with_truth(const ProblemView& view, ProblemTensors& tensors) {
  for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
    tensors.set(i, view.oracle.element(tensors.before(), i).value);
  }
}

Verdict check(const ProblemView& view, const ProblemTensors& tensors, Fill fill,
              std::uint64_t seed) {
  return fill == Fill::integers
             ? view.oracle.exact_product(tensors.before(), tensors.outputs(), seed)
             : view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, seed);
}

TEST(ConvOracle, AcceptsTheTruth) {
  for (const char* id : problems) {
    const ProblemView view = parse_conv(id).view();
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        ProblemTensors tensors(view, fill, seed);
        fill_with_truth(view, tensors);
        const Verdict verdict = check(view, tensors, fill, seed);
        ASSERT_TRUE(verdict.ok) << id << ": " << verdict.detail;
      }
    }
  }
}

// Trap: "verification that cannot fail". Exactly: the smallest change of any one element.
TEST(ConvOracle, RefusesOneWrongElementAndNamesIt) {
  std::mt19937_64 random(5);
  for (const char* id : problems) {
    const ProblemView view = parse_conv(id).view();
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      ProblemTensors tensors(view, Fill::integers, seed);
      fill_with_truth(view, tensors);
      const auto index = static_cast<std::int64_t>(
          random() % static_cast<std::uint64_t>(tensors.output().elements));
      tensors.set(index, tensors.get(index) + 1);
      const Verdict verdict = check(view, tensors, Fill::integers, seed);
      ASSERT_FALSE(verdict.ok) << id << " element " << index;
      EXPECT_NE(verdict.detail.find("must be"), std::string::npos) << verdict.detail;
    }
  }
}

TEST(ConvOracle, RefusesWhatIsFarOffInRealData) {
  std::mt19937_64 random(6);
  for (const char* id : problems) {
    const ProblemView view = parse_conv(id).view();
    for (const double wrong :
         {1e3, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      ProblemTensors tensors(view, Fill::normal, 7);
      fill_with_truth(view, tensors);
      const auto index = static_cast<std::int64_t>(
          random() % static_cast<std::uint64_t>(tensors.output().elements));
      tensors.set(index, wrong);
      EXPECT_FALSE(check(view, tensors, Fill::normal, 7).ok) << id << " " << wrong;
    }
  }
}

// A whole result in the wrong place: elements exchanged, or all of them zero.
TEST(ConvOracle, RefusesExchangedElementsAndZeros) {
  for (const char* id : problems) {
    const ProblemView view = parse_conv(id).view();
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      ProblemTensors tensors(view, fill, 8);
      fill_with_truth(view, tensors);
      const std::int64_t last = tensors.output().elements - 1;
      std::int64_t other = 0;
      while (tensors.get(other) == tensors.get(last)) ++other;
      const double first = tensors.get(other);
      tensors.set(other, tensors.get(last));
      tensors.set(last, first);
      if (fill == Fill::integers) {
        EXPECT_FALSE(check(view, tensors, fill, 8).ok) << id;
      }
      for (std::int64_t i = 0; i <= last; ++i) tensors.set(i, 0);
      EXPECT_FALSE(check(view, tensors, fill, 8).ok) << id;
    }
  }
}

/// ⟨dy, y⟩ of the forward pass with those x and w.
double loss(const ConvProblem& p, Tensor x, Tensor w, const double* dy) {
  const ProblemView view = p.in(Direction::fprop).view();
  const std::vector<Tensor> tensors{x, w};
  double sum = 0;
  for (std::int64_t i = 0; i < view.tensors[2].elements(); ++i) {
    sum += dy[i] * view.oracle.element(tensors, i).value;
  }
  return sum;
}

// The gradients by definition: what a loss changes by when one element does. The forward pass is
// linear in each input, so that finite differences of integers are exact.
TEST(ConvOracle, GradientsAreFiniteDifferencesOfTheForwardPass) {
  for (const test::ConvGeometry& geometry : test::conv_geometries) {
    const ConvProblem p =
        parse_conv(test::conv_id(Dtype::f64, ChannelOrder::first, Direction::fprop, geometry));
    if (p.flops() > 2e5) continue;
    const ProblemTensors forward(p.view(), Fill::integers, 9);
    const Tensor x = forward.call()[0], w = forward.call()[1];
    std::mt19937_64 random(10);
    const std::int64_t outputs = forward.output().elements;
    std::vector<double> dy(static_cast<std::size_t>(outputs));
    for (double& value : dy) value = static_cast<double>(random() % 19) - 9;
    const Tensor gradient{reinterpret_cast<std::byte*>(dy.data()), Dtype::f64, outputs};
    const double before = loss(p, x, w, dy.data());
    for (const Direction direction : {Direction::dgrad, Direction::wgrad}) {
      const bool dgrad = direction == Direction::dgrad;
      const Tensor changed = dgrad ? x : w;
      const std::vector<Tensor> inputs =
          dgrad ? std::vector{gradient, w} : std::vector{x, gradient};
      const Oracle oracle = p.in(direction).view().oracle;
      for (int i = 0; i < 6; ++i) {
        const auto index =
            static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(changed.elements));
        const double expected = oracle.element(inputs, index).value;
        auto& element = changed.as<double>()[index];
        element += 1;
        EXPECT_EQ(loss(p, x, w, dy.data()) - before, expected)
            << p.in(direction).id() << " element " << index;
        element -= 1;
      }
    }
  }
}

}  // namespace
}  // namespace breakeven
