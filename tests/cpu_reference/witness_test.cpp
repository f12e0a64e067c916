// The first twenty steps of a training as PyTorch 2.11.0 did them (tests/witness/), and as the
// engines do them: both are held to the same bounds about the float64 engine.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cpu_reference/training/list.h"
#include "operations/data/data_set.h"
#include "operations/training/reference.h"

namespace breakeven {
namespace {

/// What tests/witness/pytorch_witness.py wrote, laid out as the plan's stores.
struct Witness {
  NetworkProblem problem;
  Plan plan;
  std::vector<double> losses;
  std::vector<float> initial, gradient, last;  // parameters before, their gradient, after

  explicit Witness(const std::string& network) {
    std::ifstream stream(BREAKEVEN_SOURCE_DIR "/tests/witness/" + network + ".bin",
                         std::ios::binary);
    std::string line;
    std::getline(stream, line);
    const auto header = nlohmann::json::parse(line);
    problem = {network, true, header.at("batch").get<std::int64_t>(),
               Optimiser{header.at("lr").get<double>(), header.at("momentum").get<double>(), 0}};
    plan = problem.plan();
    losses = header.at("losses").get<std::vector<double>>();
    for (auto* part : {&initial, &gradient, &last}) {
      part->resize(static_cast<std::size_t>(plan.elements_of(Store::parameters)));
      for (const Value& value : plan.values) {
        if (value.store != Store::parameters || value.whole) continue;
        stream.read(reinterpret_cast<char*>(part->data() + value.offset),
                    static_cast<std::streamsize>(sizeof(float)) * value.elements());
      }
    }
    EXPECT_TRUE(stream && stream.peek() == std::ifstream::traits_type::eof()) << network;
  }

  /// The batch of step `i`.
  Batch batch(const DataSet& digits, std::size_t i) const {
    const auto count = static_cast<std::size_t>(problem.batch), first = i * count;
    const auto pixels = static_cast<std::size_t>(digits.image.elements());
    return {std::span(digits.images).subspan(first * pixels, count * pixels),
            std::span(digits.labels).subspan(first, count)};
  }
};

/// Losses and last parameters of a run.
struct Course {
  std::vector<double> losses;
  std::vector<double> last;
};

template <class T>
Course reference_course(const Witness& witness, const DataSet& digits) {
  NetworkState<T> state;
  state.parameters.assign(witness.initial.begin(), witness.initial.end());
  state.momentum.resize(witness.initial.size());
  Course course;
  for (std::size_t step = 0; step < witness.losses.size(); ++step) {
    execute_reference(witness.plan, witness.batch(digits, step), state);
    course.losses.push_back(static_cast<double>(state.loss[0]));
  }
  course.last.assign(state.parameters.begin(), state.parameters.end());
  return course;
}

/// The tensors of a training step, as NetworkProblem lists them.
struct StepTensors {
  std::vector<float> images, parameters, momentum;
  std::vector<std::int32_t> labels;
  float loss = NAN;

  StepTensors(const Witness& witness, const Batch& batch)
      : images(batch.images.begin(), batch.images.end()),
        parameters(witness.initial),
        momentum(witness.initial.size()),
        labels(batch.labels.begin(), batch.labels.end()) {}

  std::vector<Tensor> all() {
    const auto tensor = [](auto& values, Dtype dtype) {
      return Tensor{values.data(), dtype, static_cast<std::int64_t>(values.size())};
    };
    return {tensor(images, Dtype::f32), tensor(labels, Dtype::s32), tensor(parameters, Dtype::f32),
            tensor(momentum, Dtype::f32), Tensor{&loss, Dtype::f32, 1}};
  }
  void take(const Batch& batch) {
    std::ranges::copy(batch.images, images.begin());
    std::ranges::copy(batch.labels, labels.begin());
  }
};

Course engine_course(const CpuImplementation<NetworkProblem>& engine, const Witness& witness,
                     const DataSet& digits) {
  StepTensors tensors(witness, witness.batch(digits, 0));
  const CpuCall call = engine.prepare(witness.problem);
  Course course;
  for (std::size_t step = 0; step < witness.losses.size(); ++step) {
    tensors.take(witness.batch(digits, step));
    call.run(tensors.all());
    course.losses.push_back(static_cast<double>(tensors.loss));
  }
  course.last.assign(tensors.parameters.begin(), tensors.parameters.end());
  return course;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(squares);
}

class TrainingWitness : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(BREAKEVEN_SOURCE_DIR "/tests/witness")) {
      GTEST_SKIP() << "the witness is in the source tree, which is not here";
    }
    witness_.emplace(GetParam());
    digits_ = read_digits(digits_file());
  }

  std::optional<Witness> witness_;
  DataSet digits_;
};

TEST_P(TrainingWitness, HasTheGradientOfTheFirstStep) {
  const Batch batch = witness_->batch(digits_, 0);
  StepTensors before(*witness_, batch), found(*witness_, batch);
  found.momentum = witness_->gradient;
  const auto lr = static_cast<float>(witness_->problem.optimiser.lr);
  for (std::size_t i = 0; i < found.parameters.size(); ++i) {
    found.parameters[i] -= lr * witness_->gradient[i];
  }
  found.loss = static_cast<float>(witness_->losses[0]);
  const std::vector<Tensor> all = found.all();
  const std::vector<Tensor> outputs(all.begin() + 2, all.end());
  const ProblemView view = witness_->problem.view();
  const Verdict verdict = view.oracle.real_product(before.all(), outputs, view.rounding, 1);
  EXPECT_TRUE(verdict.ok) << verdict.detail;
}

TEST_P(TrainingWitness, AndEveryEngineKeepNearTheFloat64Engine) {
  const Course truth = reference_course<double>(*witness_, digits_);
  const Course in_f32 = reference_course<float>(*witness_, digits_);
  const double last_allowed = 4 * distance(in_f32.last, truth.last);
  const auto expect_near = [&](const Course& course, std::string_view who) {
    double largest = 0;
    for (std::size_t step = 0; step < truth.losses.size(); ++step) {
      const double rounding = std::abs(truth.losses[step]) * 0x1p-23;
      largest = std::max(largest, std::abs(in_f32.losses[step] - truth.losses[step]));
      EXPECT_NEAR(course.losses[step], truth.losses[step], 4 * (largest + rounding))
          << who << " step " << step;
    }
    EXPECT_LE(distance(course.last, truth.last), last_allowed) << who;
  };
  Course pytorch{witness_->losses, {witness_->last.begin(), witness_->last.end()}};
  expect_near(pytorch, "PyTorch");
  for (const auto& engine : cpu_network_list()) {
    expect_near(engine_course(engine, *witness_, digits_), engine.name);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, TrainingWitness, testing::Values("mlp_8x8", "cnn_8x8"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace breakeven
