#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/ops_check.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// Fills the outputs with what is true, rounded to their dtypes.
void fill_with_truth(const ProblemView& view, ProblemTensors& tensors) {
  for (std::int64_t i = 0; i < tensors.elements(); ++i) {
    tensors.set(i, view.oracle.element(tensors.before(), i).value);
  }
}

template <class Problem>
void expect_truth_and_nothing_else(const std::vector<Problem>& problems) {
  for (const Problem& p : problems) {
    const ProblemView view = p.view();
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      if (fill == Fill::integers && view.exact_range == 0) continue;
      SCOPED_TRACE(view.id + (fill == Fill::integers ? " integers" : " normal"));
      ProblemTensors tensors(view, fill, 3);
      fill_with_truth(view, tensors);
      ASSERT_EQ(test::complaint(view, tensors, fill), "");
      for (const std::int64_t i : {std::int64_t{0}, tensors.elements() - 1}) {
        const double right = tensors.get(i);
        for (const double wrong : {right + 1, std::nan("")}) {
          tensors.set(i, wrong);
          ASSERT_NE(test::complaint(view, tensors, fill), "") << i << " is " << wrong;
        }
        tensors.set(i, right);
      }
    }
  }
}

TEST(OpOracles, TakeTheTruthAndNothingElse) {
  std::vector<BiasProblem> small = test::bias_problems();
  std::erase_if(small, [](const BiasProblem& p) { return p.elements() > 5000; });
  expect_truth_and_nothing_else(small);
  expect_truth_and_nothing_else(
      std::vector{parse_elementwise("relu/f32/n33"), parse_elementwise("add/bf16/n50"),
                  parse_elementwise("relu_backward/f16/n9"), parse_elementwise("narrow/bf16/n9")});
  expect_truth_and_nothing_else(test::pool_problems());
  expect_truth_and_nothing_else(
      std::vector{parse_batch_norm("batch_norm/f32/ncp/n3c5p7"),
                  parse_batch_norm("batch_norm_backward/f32/npc/n3c5p7"),
                  parse_batch_norm("batch_norm_evaluation/f32/ncp/n3c5p7")});
  expect_truth_and_nothing_else(std::vector{SgdProblem{.n = 20}});
  expect_truth_and_nothing_else(
      std::vector{SoftmaxCrossEntropyProblem{1, 1}, SoftmaxCrossEntropyProblem{5, 10}});
}

TEST(ElementwiseOracle, HasTheDefinitionsValues) {
  const auto value = [](const char* id, std::initializer_list<float> inputs) {
    const ProblemView view = parse_elementwise(id).view();
    const ProblemTensors tensors(view, Fill::normal, 1);
    std::size_t i = 0;
    for (const float input : inputs) tensors.before()[i++].as<float>()[0] = input;
    return view.oracle.element(tensors.before(), 0).value;
  };
  EXPECT_EQ(value("relu/f32/n1", {-3}), 0);
  EXPECT_EQ(value("relu/f32/n1", {3}), 3);
  EXPECT_EQ(value("relu_backward/f32/n1", {5, 2}), 5);
  EXPECT_EQ(value("relu_backward/f32/n1", {5, 0}), 0) << "at the kink as PyTorch has it";
  EXPECT_EQ(value("add/f32/n1", {5, -7}), -2);
}

// A kernel that let gradients through at the edge would be right on all other numbers.
TEST(ElementwiseOracle, GradientOfReluIsCheckedWhereReluLeftZero) {
  const ElementwiseProblem p = parse_elementwise("relu_backward/bf16/n1000");
  for (const Fill fill : {Fill::integers, Fill::normal}) {
    const ProblemTensors tensors(p.view(), fill, 1);
    const Bf16 *dy = tensors.before()[0].as<Bf16>(), *y = tensors.before()[1].as<Bf16>();
    const auto zeros = std::count_if(y, y + p.n, [](Bf16 v) { return static_cast<float>(v) == 0; });
    EXPECT_GT(zeros, 400);
    EXPECT_LT(zeros, 600);
    Bf16* dx = tensors.outputs()[0].as<Bf16>();
    std::transform(dy, dy + p.n, y, dx,
                   [](Bf16 g, Bf16 v) { return static_cast<float>(v) >= 0 ? g : Bf16(0.0f); });
    EXPECT_NE(test::complaint(p.view(), tensors, fill), "");
  }
}

// torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.01), w = 2, v = 3, g = 4.
TEST(SgdOracle, HasTheDefinitionsValues) {
  const SgdProblem p{.n = 1, .lr = 0.1, .momentum = 0.9, .weight_decay = 0.01};
  const ProblemView view = p.view();
  const ProblemTensors tensors(view, Fill::normal, 1);
  tensors.before()[0].as<float>()[0] = 4;
  tensors.before()[1].as<float>()[0] = 3;
  tensors.before()[2].as<float>()[0] = 2;
  EXPECT_NEAR(view.oracle.element(tensors.before(), 0).value, 0.9 * 3 + 4 + 0.01 * 2, 1e-6);
  EXPECT_NEAR(view.oracle.element(tensors.before(), 1).value, 2 - 0.1 * 6.72, 1e-6);
}

// y = Σ of what is chosen: a change of x by less than what decides the maximum changes the loss
// linearly. Central finite differences in float64, kept away from the kinks.
TEST(PoolOracle, BackwardIsTheFiniteDifferenceOfForward) {
  for (const PoolProblem& gradient : test::pool_problems()) {
    if (!gradient.backward) continue;
    PoolProblem p = gradient;
    p.backward = false;
    const ProblemView forward = p.view(), backward = gradient.view();
    const ProblemTensors images(forward, Fill::normal, 6), gradients(backward, Fill::normal, 7);
    auto* x = images.before()[0].as<float>();
    // Distinct by far more than the step, so that none changes places.
    for (std::int64_t i = 0; i < p.x_elements(); ++i) {
      x[i] = static_cast<float>(i * 7919 % 10007) / 64;
    }
    if (p.pool == Pool::max) {
      std::copy_n(x, p.x_elements(), gradients.before()[1].as<float>());
    }
    const float* dy = gradients.before()[0].as<float>();
    const auto loss = [&] {
      double sum = 0;
      for (std::int64_t i = 0; i < p.y_elements(); ++i) {
        sum += dy[i] * forward.oracle.element(images.before(), i).value;
      }
      return sum;
    };
    for (std::int64_t i = 0; i < p.x_elements(); i += p.x_elements() / 8 + 1) {
      constexpr float step = 0x1p-8;
      const float before = x[i];
      x[i] = before + step;
      const double above = loss();
      x[i] = before - step;
      const double below = loss();
      x[i] = before;
      EXPECT_NEAR(backward.oracle.element(gradients.before(), i).value,
                  (above - below) / (2 * step), 1e-6)
          << gradient.id() << " element " << i;
    }
  }
}

// dx, dweight and dbias against central finite differences of the training forward pass.
TEST(BatchNormOracle, BackwardIsTheFiniteDifferenceOfForward) {
  const BatchNormProblem p = parse_batch_norm("batch_norm/f32/ncp/n3c2p4");
  BatchNormProblem gradient = p;
  gradient.mode = BatchNorm::backward;
  const ProblemView forward = p.view(), backward = gradient.view();
  const ProblemTensors inputs(forward, Fill::normal, 6), gradients(backward, Fill::normal, 7);
  const std::int64_t elements = p.elements(), y_first = 2 * p.c;  // running statistics come first
  auto *x = inputs.before()[0].as<float>(), *weight = inputs.before()[1].as<float>(),
       *bias = inputs.before()[2].as<float>();
  const float* dy = gradients.before()[0].as<float>();
  std::copy_n(x, elements, gradients.before()[1].as<float>());
  std::copy_n(weight, p.c, gradients.before()[2].as<float>());
  for (std::int64_t c = 0; c < p.c; ++c) {
    for (const std::size_t statistic : {0, 1}) {  // the batch's own
      const std::int64_t at = y_first + elements + static_cast<std::int64_t>(statistic) * p.c + c;
      gradients.before()[3 + statistic].as<float>()[c] =
          static_cast<float>(forward.oracle.element(inputs.before(), at).value);
    }
  }
  const auto loss = [&] {
    double sum = 0;
    for (std::int64_t i = 0; i < elements; ++i) {
      sum += dy[i] * forward.oracle.element(inputs.before(), y_first + i).value;
    }
    return sum;
  };
  const auto slope = [&](float& value) {
    constexpr float step = 0x1p-8;
    const float before = value;
    value = before + step;
    const double above = loss();
    value = before - step;
    const double below = loss();
    value = before;
    return (above - below) / (2 * step);
  };
  const auto expected = [&](std::int64_t i) {
    return backward.oracle.element(gradients.before(), i).value;
  };
  for (std::int64_t i = 0; i < elements; ++i) EXPECT_NEAR(expected(i), slope(x[i]), 2e-4) << i;
  for (std::int64_t c = 0; c < p.c; ++c) {
    EXPECT_NEAR(expected(elements + c), slope(weight[c]), 1e-5);
    EXPECT_NEAR(expected(elements + p.c + c), slope(bias[c]), 1e-5);
  }
}

// Backward against central finite differences of the loss, in float64.
TEST(SoftmaxCrossEntropyOracle, GradientIsTheFiniteDifferenceOfTheLoss) {
  const SoftmaxCrossEntropyProblem p{3, 5};
  const ProblemView view = p.view();
  const ProblemTensors tensors(view, Fill::normal, 4);
  auto* logits = tensors.before()[0].as<float>();
  for (std::int64_t i = 0; i < 15; ++i) {
    const float before = logits[i];
    constexpr float step = 0x1p-8;
    const auto loss_at = [&](float value) {
      logits[i] = value;
      return view.oracle.element(tensors.before(), 0).value;
    };
    const double slope = (loss_at(before + step) - loss_at(before - step)) / (2 * step);
    logits[i] = before;
    EXPECT_NEAR(view.oracle.element(tensors.before(), 1 + i).value, slope, 1e-5) << i;
  }
}

// The gradient of Σ dy·y is what the loss changes by: exact on integers, since y is linear in b.
TEST(BiasOracle, BackwardIsTheFiniteDifferenceOfForward) {
  for (const bool last : {false, true}) {
    const BiasProblem p{false, Dtype::f32, last, 3, 4, 5};
    BiasProblem gradient = p;
    gradient.backward = true;
    const ProblemTensors forward(p.view(), Fill::integers, 1),
        backward(gradient.view(), Fill::integers, 2);
    const float* dy = backward.before()[0].as<float>();
    const auto loss = [&] {
      double sum = 0;
      for (std::int64_t i = 0; i < p.elements(); ++i) {
        sum += dy[i] * p.view().oracle.element(forward.before(), i).value;
      }
      return sum;
    };
    const double before = loss();
    for (std::int64_t c = 0; c < p.c; ++c) {
      forward.before()[1].as<float>()[c] += 1;
      EXPECT_EQ(loss() - before, gradient.view().oracle.element(backward.before(), c).value);
      forward.before()[1].as<float>()[c] -= 1;
    }
  }
}

}  // namespace
}  // namespace breakeven
