#include "operations/training/problem.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "operations/data/loader.h"
#include "operations/id_reader.h"
#include "operations/training/initial.h"
#include "operations/training/truth.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::bf16};
constexpr IdForm form{
    .name = "network",
    .form = "train/<f32|bf16>/<network>/b<N>/step or infer/<f32|bf16>/<network>/b<N>",
    .dtypes = dtypes};

constexpr std::string_view train_name = "train", infer_name = "infer";

/// Batches of a synthetic data set of 2048 images, or of one batch where that is more.
LoadBatch make_loader(const Network& network, std::int64_t batch) {
  struct Epochs {
    Epochs(const Network& of, std::int64_t images)
        : data(synthetic_data(of.input, of.classes, images, 0, 1).training), loader(data, 1) {
      loader.begin(0);
    }
    DataSet data;
    Loader loader;
    std::int64_t epoch = 0;
  };
  constexpr std::int64_t images = 2048;
  return [batch,
          epochs = std::make_shared<Epochs>(network, std::max(images, batch))](Tensors tensors) {
    if (epochs->loader.left() < batch) epochs->loader.begin(++epochs->epoch);
    epochs->loader.load(batch, tensors[0].as<float>(), tensors[1].as<std::int32_t>());
  };
}

/// A tensor that is all of a store; `fill` as in a TensorSpec.
TensorSpec store_spec(std::string name, const Plan& plan, Store store, Role role,
                      std::function<void(std::span<float>, std::uint64_t)> fill) {
  return {.name = std::move(name),
          .shape = {plan.elements_of(store)},
          .dtype = Dtype::f32,
          .role = role,
          .fill = [fill = std::move(fill)](const Tensor& tensor, std::uint64_t seed) {
            fill({tensor.as<float>(), static_cast<std::size_t>(tensor.elements)}, seed);
          }};
}

}  // namespace

std::string NetworkProblem::id() const {
  std::string text(training ? train_name : infer_name);
  text += '/';
  text += name_of(dtype);
  text += '/';
  text += network;
  text += "/b";
  text += std::to_string(batch);
  return training ? text += "/step" : text;
}

NetworkProblem parse_network_problem(std::string_view id) {
  IdReader reader(id, form);
  NetworkProblem problem;
  const std::string_view name = reader.field();
  problem.training = name == train_name;
  if (!problem.training && name != infer_name) {
    reader.fail("what it does '" + std::string(name) + "' must be train or infer");
  }
  reader.expect("/");
  problem.dtype = reader.dtype();
  reader.expect("/");
  problem.network = reader.field();
  try {
    network_named(problem.network);
  } catch (const std::invalid_argument& error) {
    reader.fail(error.what());
  }
  reader.expect("/");
  problem.batch = reader.extent("b", "N");
  if (problem.training) reader.expect("/step");
  if (!reader.done()) reader.fail_at_rest();
  // What an image takes, many times over: no size that follows from it overflows.
  constexpr std::int64_t most = std::int64_t{1} << 32;
  if (problem.batch > most) reader.fail("N must be at most 2^32");
  return problem;
}

NetworkProblem NetworkProblem::shrunk() const {
  return {network, training, std::min<std::int64_t>(batch, 4), optimiser, dtype};
}

Plan NetworkProblem::plan(PlanOptions options) const {
  options.products = dtype;
  return training ? plan_training_step(description(), batch, optimiser, options)
                  : plan_inference(description(), batch, options);
}

ProblemView NetworkProblem::view() const {
  const auto of = std::make_shared<const Plan>(plan());
  const Extents& image = description().input;
  ProblemView view;
  view.id = id();
  view.operation = training ? train_name : infer_name;
  view.dtype = dtype;
  view.sizes = {{"network", network}, {"batch", std::to_string(batch)}};
  view.tensors.push_back(
      {"images", {batch, image.channels, image.height, image.width}, Dtype::f32, Role::input});
  const auto zeros = [](std::span<float> values, std::uint64_t) {
    std::ranges::fill(values, 0.0F);
  };
  if (training) {
    TensorSpec labels{"labels", {batch}, Dtype::s32, Role::input};
    labels.indices_below = description().classes;
    view.tensors.push_back(std::move(labels));
  }
  const Role kept = training ? Role::state : Role::resident;
  view.tensors.push_back(store_spec(
      "parameters", *of, Store::parameters, kept,
      [of](std::span<float> values, std::uint64_t seed) { fill_parameters(*of, seed, values); }));
  if (training) {
    view.tensors.push_back(store_spec("momentum", *of, Store::momentum, kept, zeros));
  }
  if (of->elements_of(Store::statistics) > 0) {
    view.tensors.push_back(
        store_spec("statistics", *of, Store::statistics, kept,
                   [of](std::span<float> values, std::uint64_t) { fill_statistics(*of, values); }));
  }
  if (training) {
    view.tensors.push_back({"loss", {1}, Dtype::f32, Role::output});
  } else {
    view.tensors.push_back({"logits", {batch, description().classes}, Dtype::f32, Role::output});
  }
  view.flops = of->flops();
  view.items = batch;
  view.single_calls = !training;
  if (training) {
    view.make_loader = [of = &description(), batch = batch] { return make_loader(*of, batch); };
  }
  view.kept_bytes = sizeof(float) * static_cast<std::size_t>(of->elements_of(Store::gradients) +
                                                             of->elements_of(Store::activations));
  for (const TensorSpec& tensor : view.tensors) {
    view.least_bytes += static_cast<double>(tensor.bytes()) * (tensor.role == Role::state ? 2 : 1);
  }
  view.exact_range = 0;  // exponentials and square roots
  view.oracle = network_oracle(*this);
  return view;
}

}  // namespace breakeven
