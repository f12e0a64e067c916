#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "cpu_reference/training/list.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// Does one step (or inference) and returns the outputs' bytes.
std::vector<std::byte> run(const CpuCall& call, const ProblemView& view, std::uint64_t seed) {
  const ProblemTensors tensors(view, Fill::normal, seed);
  call.run(tensors.call());
  const Verdict verdict =
      view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1);
  EXPECT_TRUE(verdict.ok) << view.id << ": " << verdict.detail;
  std::vector<std::byte> all;
  for (const Tensor& output : tensors.outputs()) {
    const auto* data = output.as<std::byte>();
    all.insert(all.end(), data, data + output.bytes());
  }
  return all;
}

/// Every engine on every network, as near to the float64 engine as f32 arithmetic is.
TEST(CpuNetworks, AreAsNearToFloat64AsNaiveF32Is) {
  for (const Network& network : networks()) {
    for (const bool training : {true, false}) {
      const bool large = network.name == "resnet20";
      for (const std::int64_t batch :
           large ? std::vector<std::int64_t>{2} : std::vector<std::int64_t>{1, 5}) {
        const NetworkProblem p{network.name, training, batch};
        const ProblemView view = p.view();
        for (const auto& engine : cpu_network_list()) {
          SCOPED_TRACE(std::string(engine.name));
          run(engine.prepare(p), view, 21);
        }
      }
    }
  }
}

/// The same for products in bf16, by those that have them on this CPU.
TEST(CpuNetworks, AreAsNearToFloat64AsNaiveBf16Is) {
  for (const char* id : {"train/bf16/mlp_8x8/b5/step", "train/bf16/cnn_8x8/b5/step",
                         "infer/bf16/cnn_8x8/b3", "train/bf16/cnn/b2/step"}) {
    const NetworkProblem p = parse_network_problem(id);
    for (const auto& engine : cpu_network_list()) {
      SCOPED_TRACE(std::string(engine.name));
      if (engine.supports(p)) run(engine.prepare(p), p.view(), 21);
    }
  }
}

/// Rounding to bf16 where f32 was asked for is no rounding error.
TEST(CpuNetworks, Bf16IsNotF32) {
  NetworkProblem p{.network = "cnn_8x8", .batch = 5};
  const ProblemView f32 = p.view();
  p.dtype = Dtype::bf16;
  const ProblemTensors tensors(f32, Fill::normal, 21);
  cpu_network_list()[0].prepare(p).run(tensors.call());
  EXPECT_FALSE(f32.oracle.real_product(tensors.before(), tensors.outputs(), f32.rounding, 1).ok);
  const ProblemView own = p.view();
  EXPECT_TRUE(own.oracle.real_product(tensors.before(), tensors.outputs(), own.rounding, 1).ok);
}

/// What is wrong in one element of each output, or not a number, is refused by its name.
TEST(CpuNetworks, AWrongResultIsRefused) {
  const NetworkProblem p{.network = "resnet20", .batch = 2};
  const ProblemView view = p.view();
  const ProblemTensors tensors(view, Fill::normal, 21);
  cpu_network_list()[1].prepare(p).run(tensors.call());
  const auto verdict = [&] {
    return view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1);
  };
  ASSERT_TRUE(verdict().ok) << verdict().detail;
  const char* const names[] = {"conv1.weight is", "the gradient of conv1.weight is",
                               "bn1.running_mean is", "the loss is"};
  ASSERT_EQ(tensors.outputs().size(), std::size(names));
  for (std::size_t i = 0; i < std::size(names); ++i) {
    float& element = *tensors.outputs()[i].as<float>();
    const float right = element;
    for (const float wrong : {right + 0.01F, -right, NAN}) {
      element = wrong;
      const Verdict found = verdict();
      EXPECT_FALSE(found.ok) << names[i];
      EXPECT_TRUE(found.detail.starts_with(names[i])) << found.detail;
    }
    element = right;
  }
}

TEST(CpuNetworks, MarkThePartsOfAStepInTheirOrder) {
  const NetworkProblem p{.network = "cnn_8x8", .batch = 4};
  for (const auto& engine : cpu_network_list()) {
    const CpuCall call = engine.prepare(p);
    const ProblemTensors whole(p.view(), Fill::normal, 5), marked(p.view(), Fill::normal, 5);
    call.run(whole.call());
    std::vector<std::string> parts;
    call.run_in_parts(marked.call(), [&](std::string_view part) { parts.emplace_back(part); });
    ASSERT_GE(parts.size(), 5U);
    EXPECT_EQ(parts.front(), "forward");
    EXPECT_EQ(parts[1], "loss");
    EXPECT_EQ(parts[2], "backward_data");
    EXPECT_EQ(parts.back(), "update");
    EXPECT_EQ(std::count(parts.begin(), parts.end(), "update"), 1);
    for (std::size_t i = 0; i < whole.outputs().size(); ++i) {
      EXPECT_EQ(std::memcmp(whole.outputs()[i].data, marked.outputs()[i].data,
                            whole.outputs()[i].bytes()),
                0);
    }
    // Inference is of one piece.
    EXPECT_FALSE(engine.prepare({.network = "cnn_8x8", .training = false}).run_in_parts);
  }
}

TEST(CpuNetworks, GiveTheSameBitsForTheSameData) {
  const NetworkProblem p{.network = "cnn_8x8", .batch = 9};
  for (const auto& engine : cpu_network_list()) {
    const CpuCall call = engine.prepare(p);
    const auto first = run(call, p.view(), 5);
    run(call, p.view(), 6);  // whatever the engine keeps
    EXPECT_TRUE(run(call, p.view(), 5) == first) << engine.name;
    if (engine.name == "picked") continue;  // another preparation may pick others
    EXPECT_TRUE(run(engine.prepare(p), p.view(), 5) == first) << engine.name;
  }
}

}  // namespace
}  // namespace breakeven
