#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

#include "operations/training/initial.h"
#include "operations/training/memory_plan.h"
#include "operations/training/plan.h"
#include "operations/training/problem.h"
#include "operations/training/reference.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

std::int64_t parameters_of(const Plan& plan) {
  std::int64_t sum = 0;
  for (const Value& value : plan.values) {
    if (value.store == Store::parameters && !value.whole) sum += value.elements();
  }
  return sum;
}

TEST(Networks, HaveTheParametersThatTheirOriginsCount) {
  // The tutorial's network and this ResNet-20 as PyTorch counts them, the others by hand.
  const std::map<std::string, std::int64_t> counts = {
      {"mlp", 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10},
      {"mlp_8x8", 64 * 128 + 128 + 128 * 10 + 10},
      {"cnn", 62006},
      {"cnn_8x8", 60 + 880 + 7800 + 10164 + 850},
      {"resnet20", 272474}};
  for (const Network& network : networks()) {
    EXPECT_EQ(parameters_of(plan_inference(network, 2, {})), counts.at(network.name))
        << network.name;
    EXPECT_EQ(network.extents().back(), (Extents{network.classes, 1, 1})) << network.name;
  }
}

TEST(Networks, AreFoundByTheirNameAndTheImagesTheyTake) {
  EXPECT_EQ(network_for("cnn", {1, 8, 8}).name, "cnn_8x8");
  EXPECT_EQ(network_for("cnn", {3, 32, 32}).name, "cnn");
  EXPECT_EQ(network_for("mlp", {1, 28, 28}).name, "mlp");
  EXPECT_EQ(network_for("mlp_8x8", {1, 8, 8}).name, "mlp_8x8");
  try {
    network_for("resnet20", {1, 8, 8});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "network 'resnet20' takes images of 3x32x32, not of 1x8x8");
  }
  EXPECT_THROW(network_for("resnet", {3, 32, 32}), std::invalid_argument);
}

/// Random blocks, and whether their places are apart while both live.
TEST(MemoryPlan, KeepsBlocksThatLiveTogetherApart) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<Lifetime> blocks(1 + random() % 40);
    for (Lifetime& block : blocks) {
      block.elements = 1 + static_cast<std::int64_t>(random() % 1000);
      block.first = static_cast<int>(random() % 20);
      block.last = block.first + static_cast<int>(random() % 8);
    }
    const std::int64_t total = plan_memory(blocks);
    std::int64_t sum = 0;
    for (const Lifetime& a : blocks) {
      EXPECT_EQ(a.offset % kAlignedElements, 0);
      EXPECT_LE(a.offset + a.elements, total);
      sum += a.elements + kAlignedElements;
      for (const Lifetime& b : blocks) {
        if (&a == &b || a.last < b.first || b.last < a.first) continue;
        EXPECT_TRUE(a.offset + a.elements <= b.offset || b.offset + b.elements <= a.offset)
            << "round " << round;
      }
    }
    EXPECT_LE(total, sum);
  }
}

TEST(MemoryPlan, UsesAPlaceAgainOnceItIsFree) {
  std::vector<Lifetime> chain;
  for (int i = 0; i < 10; ++i) chain.push_back({.elements = 640, .first = i, .last = i + 1});
  EXPECT_EQ(plan_memory(chain), 2 * 640);
}

bool always(const AnyProblem&) { return true; }

TEST(NetworkPlan, ReadsNothingThatWasNotWrittenBefore) {
  for (const Network& network : networks()) {
    for (const PlanOptions& options :
         {PlanOptions{}, PlanOptions{.fuses = always}, PlanOptions{.products = Dtype::bf16}}) {
      const Plan plan = plan_training_step(network, 3, {}, options);
      std::vector<bool> written(plan.values.size());
      for (const Node& node : plan.nodes) {
        const auto specs = std::visit([](const auto& p) { return p.view().tensors; }, node.problem);
        ASSERT_EQ(specs.size(), node.values.size());
        for (std::size_t i = 0; i < specs.size(); ++i) {
          const auto v = static_cast<std::size_t>(node.values[i]);
          const Value& value = plan.values[v];
          EXPECT_EQ(specs[i].elements(), value.elements()) << value.name;
          EXPECT_EQ(specs[i].dtype, value.dtype) << value.name;
          const bool computed = value.store == Store::activations || value.store == Store::logits;
          if (specs[i].role == Role::input && computed) {
            EXPECT_TRUE(written[v]) << network.name << " " << value.name;
          }
          if (specs[i].role != Role::input) written[v] = true;
        }
      }
      for (std::size_t v = 0; v < plan.values.size(); ++v) {
        if (plan.values[v].store == Store::gradients && !plan.values[v].whole) {
          EXPECT_TRUE(written[v]) << plan.values[v].name;
        }
      }
    }
  }
}

TEST(NetworkPlan, FusesAProductWithItsBiasAndRelu) {
  const Network& cnn = network_named("cnn");
  const Plan plain = plan_training_step(cnn, 2, {}, {});
  const Plan fused = plan_training_step(cnn, 2, {}, {.fuses = always});
  // Two convolutions and two linear layers, two nodes less each; the logits have no relu.
  EXPECT_EQ(fused.nodes.size(), plain.nodes.size() - 8);
  EXPECT_TRUE(std::holds_alternative<ConvBiasReluProblem>(fused.nodes[0].problem));
  EXPECT_TRUE(std::holds_alternative<GemmEpilogueProblem>(fused.nodes[4].problem));
  const auto convolutions = [](const AnyProblem& problem) {
    return std::holds_alternative<ConvBiasReluProblem>(problem);
  };
  EXPECT_EQ(plan_training_step(cnn, 2, {}, {.fuses = convolutions}).nodes.size(),
            plain.nodes.size() - 4);
  // ResNet's convolutions have no bias.
  const Network& resnet = network_named("resnet20");
  EXPECT_EQ(plan_training_step(resnet, 2, {}, {.fuses = always}).nodes.size(),
            plan_training_step(resnet, 2, {}, {}).nodes.size());
}

TEST(NetworkPlan, NarrowsEachOperandOfProductsOnce) {
  const auto count = [](const Plan& plan, Elementwise function) {
    return std::ranges::count_if(plan.nodes, [&](const Node& node) {
      const auto* found = std::get_if<ElementwiseProblem>(&node.problem);
      return found && found->function == function;
    });
  };
  const Plan plan = plan_training_step(network_named("mlp_8x8"), 3, {}, {.products = Dtype::bf16});
  // images, two weights, the hidden layer, and the gradients of both layers' results.
  EXPECT_EQ(count(plan, Elementwise::narrow), 6);
  EXPECT_EQ(count(plan, Elementwise::widen), 5);  // one for each product
  for (const Value& value : plan.values) {
    EXPECT_EQ(value.dtype == Dtype::bf16, value.name.ends_with(".bf16")) << value.name;
    EXPECT_TRUE(value.dtype != Dtype::bf16 || value.store == Store::activations) << value.name;
  }
}

TEST(NetworkPlan, KeepsNothingOfInferenceForABackwardPass) {
  const Network& resnet = network_named("resnet20");
  const Plan training = plan_training_step(resnet, 8, {}, {}),
             inference = plan_inference(resnet, 8, {});
  // No more than three of the largest activations at a time: a block's input, and two around it.
  EXPECT_LE(inference.elements_of(Store::activations), 3 * 8 * 16 * 32 * 32);
  EXPECT_GT(training.elements_of(Store::activations),
            5 * inference.elements_of(Store::activations));
}

TEST(NetworkProblem, KeepsItsId) {
  for (const char* id :
       {"train/f32/cnn/b32/step", "infer/f32/resnet20/b1", "train/f32/mlp_8x8/b4096/step",
        "train/bf16/cnn/b32/step", "infer/bf16/mlp/b7"}) {
    EXPECT_EQ(parse_network_problem(id).id(), id);
    EXPECT_EQ(parse_network_problem(id).view().id, id);
  }
  for (const char* id : {"", "train", "train/f32/cnn", "train/f32/cnn/b0/step", "train/f64/cnn/b1",
                         "train/f32/lenet/b1/step", "learn/f32/cnn/b1", "train/f32/cnn/b32/step/",
                         "train/f32/cnn/b99999999999/step"}) {
    try {
      parse_network_problem(id);
      ADD_FAILURE() << id;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(NetworkProblem, CopiesABatchAndItsResultOnly) {
  using Names = std::vector<std::string>;
  const auto copied = [](const char* id) {
    std::pair<Names, Names> names;
    for (const TensorSpec& spec : parse_network_problem(id).view().tensors) {
      if (is_copied_in(spec.role)) names.first.push_back(spec.name);
      if (is_copied_out(spec.role)) names.second.push_back(spec.name);
    }
    return names;
  };
  EXPECT_EQ(copied("train/f32/resnet20/b4/step"),
            std::pair(Names{"images", "labels"}, Names{"loss"}));
  EXPECT_EQ(copied("infer/f32/resnet20/b4"), std::pair(Names{"images"}, Names{"logits"}));
  EXPECT_EQ(outputs_of(parse_network_problem("infer/f32/resnet20/b4").view()).size(), 1U);
}

/// The data of a training step as execute_reference takes it.
class Data {
 public:
  explicit Data(const NetworkProblem& p)
      : plan_(p.plan()), tensors_(p.view(), test::Fill::normal, 11) {
    initial_.parameters = values(2);
    initial_.momentum = values(3);
    if (tensors_.before().size() == 6) initial_.statistics = values(4);
  }

  const Plan& plan() const { return plan_; }
  NetworkState<double>& initial() { return initial_; }

  NetworkState<double> step() const {
    const Tensors before = tensors_.before();
    const auto elements = [](const Tensor& of) { return static_cast<std::size_t>(of.elements); };
    NetworkState<double> state = initial_;
    execute_reference(plan_,
                      {{before[0].as<float>(), elements(before[0])},
                       {before[1].as<std::int32_t>(), elements(before[1])}},
                      state);
    return state;
  }

 private:
  std::vector<double> values(std::size_t place) const {
    const Tensor& tensor = tensors_.before()[place];
    return {tensor.as<float>(), tensor.as<float>() + tensor.elements};
  }
  Plan plan_;
  test::ProblemTensors tensors_;
  NetworkState<double> initial_;
};

/// The gradient of each parameter against central differences of the loss.
TEST(Reference, HasTheGradientOfItsLoss) {
  // Of the large network one parameter of so many, which are of all kinds.
  const std::pair<const char*, std::size_t> problems[] = {{"train/f32/mlp_8x8/b3/step", 1},
                                                          {"train/f32/cnn_8x8/b3/step", 1},
                                                          {"train/f32/cnn/b2/step", 3},
                                                          {"train/f32/resnet20/b2/step", 13}};
  for (const auto& [id, one_of] : problems) {
    Data data(parse_network_problem(id));
    std::size_t parameters = 0;
    const NetworkState<double> after = data.step();
    for (const Value& value : data.plan().values) {
      if (value.store != Store::parameters || value.whole) continue;
      if (parameters++ % one_of != 0) continue;
      // Of each parameter the element with the largest gradient, far above what kinks add.
      const auto first = after.momentum.begin() + value.offset;
      const auto largest =
          std::max_element(first, first + value.elements(),
                           [](double a, double b) { return std::abs(a) < std::abs(b); });
      double& parameter =
          data.initial().parameters[static_cast<std::size_t>(largest - after.momentum.begin())];
      const double middle = parameter;
      const auto loss_at = [&](double at) {
        parameter = at;
        return data.step().loss[0];
      };
      constexpr double step = 1e-6;
      const double difference = loss_at(middle + step) - loss_at(middle - step);
      parameter = middle;
      EXPECT_NEAR(difference / (2 * step), *largest, 1e-4 * std::abs(*largest) + 1e-8)
          << id << " " << value.name;
    }
  }
}

TEST(Reference, UpdatesAsItsGradientSays) {
  Data data({.network = "mlp_8x8", .batch = 5, .optimiser = {.lr = 0.5}});
  const NetworkState<double> after = data.step();
  for (std::size_t i = 0; i < after.parameters.size(); ++i) {
    ASSERT_DOUBLE_EQ(after.parameters[i], data.initial().parameters[i] - 0.5 * after.momentum[i]);
  }
}

TEST(InitialParameters, AreTheSameForASeedAndWithinTheirLimits) {
  const Plan plan = plan_inference(network_named("resnet20"), 1, {});
  std::vector<float> first(static_cast<std::size_t>(plan.elements_of(Store::parameters)));
  std::vector<float> second = first, other = first;
  fill_parameters(plan, 7, first);
  fill_parameters(plan, 7, second);
  fill_parameters(plan, 8, other);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, other);
  for (const Value& value : plan.values) {
    if (value.store != Store::parameters) continue;
    const auto begin = first.begin() + value.offset, end = begin + value.elements();
    if (value.name == "conv1.weight") {
      const double limit = 1 / std::sqrt(27.0);
      EXPECT_LE(*std::max_element(begin, end), limit);
      EXPECT_GT(*std::max_element(begin, end), 0.9 * limit);
      EXPECT_LT(*std::min_element(begin, end), -0.9 * limit);
    }
    if (value.name == "bn1.weight") {
      EXPECT_EQ(std::count(begin, end, 1.0F), 16);
    }
    if (value.name == "bn1.bias") {
      EXPECT_EQ(std::count(begin, end, 0.0F), 16);
    }
  }
}

}  // namespace
}  // namespace breakeven
