#include "operations/training/plan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "operations/training/layer_problems.h"
#include "operations/training/mixed_precision.h"
#include "operations/training/plan_layout.h"

namespace breakeven {
namespace {

using namespace layer_problems;

/// Walks through a network's layers and back, and writes down what is to be done.
class Planner {
 public:
  Planner(const Network& network, std::int64_t batch, const PlanOptions& options)
      : network_(network),
        extents_(network.extents()),
        batch_(batch),
        options_(options),
        values_of_(extents_.size()),
        gradients_of_(extents_.size()),
        kept_(network.layers.size()) {
    const Extents& of = network.input;
    values_of_[0] = add_value("images", {batch, of.channels, of.height, of.width}, Store::images);
  }

  Plan training_step(const Optimiser& optimiser) {
    training_ = true;
    forward();
    loss();
    for (std::size_t i = network_.layers.size(); i-- > 0;) backward(i);
    update(optimiser);
    lay_out_activations(plan_);
    return std::move(plan_);
  }

  Plan inference() {
    forward();
    plan_.values[static_cast<std::size_t>(values_of_.back())].store = Store::logits;
    lay_out_stores(plan_);
    lay_out_activations(plan_);
    return std::move(plan_);
  }

 private:
  /// What the backward pass needs of a layer.
  struct Kept {
    int weight = 0, weight_gradient = 0;
    std::optional<int> bias_gradient;
    int mean = 0, variance = 0;
  };

  int add_value(std::string name, std::vector<std::int64_t> shape, Store store) {
    plan_.values.push_back({.name = std::move(name), .shape = std::move(shape), .store = store});
    return static_cast<int>(plan_.values.size()) - 1;
  }
  /// A value of a layer's output, or of another with the same extents.
  int add_activation(const std::string& name, const Extents& of) {
    if (of.places() == 1) return add_value(name, {batch_, of.channels}, Store::activations);
    return add_value(name, {batch_, of.channels, of.height, of.width}, Store::activations);
  }
  /// A parameter, and in training its gradient.
  int add_parameter(const std::string& name, const std::vector<std::int64_t>& shape,
                    int& gradient) {
    const int parameter = add_value(name, shape, Store::parameters);
    if (training_) gradient = add_value(name + ".gradient", shape, Store::gradients);
    return parameter;
  }
  void add_node(const AnyProblem& problem, std::vector<int> values, Phase phase) {
    plan_.nodes.push_back({problem, std::move(values), phase});
  }

  const Extents& input_of(const Layer& layer) const {
    return extents_[static_cast<std::size_t>(layer.input)];
  }
  int value_of(int value) const { return values_of_[static_cast<std::size_t>(value)]; }

  /// Whether layer i + 1 is a relu of layer i's output, which nobody else takes.
  bool only_feeds_relu(std::size_t i) const {
    const auto value = static_cast<int>(i) + 1;
    const auto takes = [&](const Layer& layer) {
      return layer.input == value || (layer.kind == LayerKind::add && layer.second == value);
    };
    return i + 1 < network_.layers.size() && network_.layers[i + 1].kind == LayerKind::relu &&
           takes(network_.layers[i + 1]) && std::ranges::count_if(network_.layers, takes) == 1;
  }

  void forward() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) i = forward(i);
  }

  /// Plans layer i; returns the last layer that was planned with it.
  std::size_t forward(std::size_t i) {
    const Layer& layer = network_.layers[i];
    const Extents& of = extents_[i + 1];
    const int x = value_of(layer.input);
    Kept& kept = kept_[i];
    int& y = values_of_[i + 1];
    switch (layer.kind) {
      case LayerKind::convolution:
      case LayerKind::linear:
        return product(i, x, kept);
      case LayerKind::batch_norm: {
        int gradient = 0;
        kept.weight = add_parameter(layer.name + ".weight", {of.channels}, kept.weight_gradient);
        const int shift = add_parameter(layer.name + ".bias", {of.channels}, gradient);
        kept.bias_gradient = gradient;
        std::vector<int> values = {x, kept.weight, shift};
        for (const char* name : {".running_mean", ".running_var"}) {
          values.push_back(add_value(layer.name + name, {of.channels}, Store::statistics));
        }
        values.push_back(y = add_activation(layer.name, of));
        if (training_) {
          kept.mean = add_value(layer.name + ".mean", {of.channels}, Store::activations);
          kept.variance = add_value(layer.name + ".var", {of.channels}, Store::activations);
          values.insert(values.end(), {kept.mean, kept.variance});
        }
        add_node(batch_norm(of, batch_, training_ ? BatchNorm::training : BatchNorm::evaluation),
                 values, Phase::forward);
        return i;
      }
      case LayerKind::relu:
        y = add_activation(layer.name, of);
        add_node(elementwise(Elementwise::relu, of, batch_), {x, y}, Phase::forward);
        return i;
      case LayerKind::max_pool:
      case LayerKind::average_pool:
        y = add_activation(layer.name, of);
        add_node(pool(layer, input_of(layer), batch_, false), {x, y}, Phase::forward);
        return i;
      case LayerKind::add:
        y = add_activation(layer.name, of);
        add_node(elementwise(Elementwise::add, of, batch_), {x, value_of(layer.second), y},
                 Phase::forward);
        return i;
    }
    return i;
  }

  /// A convolution or linear layer with its bias, and the relu that it is fused with.
  std::size_t product(std::size_t i, int x, Kept& kept) {
    const Layer& layer = network_.layers[i];
    const Extents &from = input_of(layer), &of = extents_[i + 1];
    const bool is_linear = layer.kind == LayerKind::linear;
    const std::vector<std::int64_t> shape =
        is_linear ? std::vector{layer.channels, from.elements()}
                  : std::vector{layer.channels, from.channels, layer.window, layer.window};
    kept.weight = add_parameter(layer.name + ".weight", shape, kept.weight_gradient);
    std::optional<int> shift;
    if (layer.bias) {
      int gradient = 0;
      shift = add_parameter(layer.name + ".bias", {layer.channels}, gradient);
      kept.bias_gradient = gradient;
    }
    if (shift && only_feeds_relu(i)) {
      const AnyProblem fused = with_bias_and_relu(layer, from);
      if (options_.products == Dtype::f32 && options_.fuses && options_.fuses(fused)) {
        const int y = add_activation(layer.name + ".relu", of);
        add_node(fused, {x, kept.weight, *shift, y}, Phase::forward);
        values_of_[i + 2] = y;
        return i + 1;
      }
    }
    int y = add_activation(layer.name, of);
    if (is_linear) {
      add_node(linear(layer, input_of(layer), batch_), {x, kept.weight, y}, Phase::forward);
    } else {
      add_node(convolution(layer, input_of(layer), batch_), {x, kept.weight, y}, Phase::forward);
    }
    if (shift) {
      const int sum = add_activation(layer.name + ".biased", of);
      add_node(bias(of, batch_, false), {y, *shift, sum}, Phase::forward);
      y = sum;
    }
    values_of_[i + 1] = y;
    return i;
  }

  AnyProblem with_bias_and_relu(const Layer& layer, const Extents& from) const {
    if (layer.kind == LayerKind::convolution) {
      return ConvBiasReluProblem{convolution(layer, from, batch_)};
    }
    return GemmEpilogueProblem{linear(layer, from, batch_), Activation::relu};
  }

  void loss() {
    const int labels = add_value("labels", {batch_}, Store::labels);
    plan_.values[static_cast<std::size_t>(labels)].dtype = Dtype::s32;
    const int loss = add_value("loss", {1}, Store::loss);
    const int gradient = add_activation("logits.gradient", extents_.back());
    add_node(SoftmaxCrossEntropyProblem{batch_, network_.classes},
             {values_of_.back(), labels, loss, gradient}, Phase::loss);
    gradients_of_.back() = gradient;
  }

  /// A new value for what one layer adds to the gradient of another's output; `add_gradient` takes
  /// it once it is computed.
  int new_gradient(int value) {
    const auto i = static_cast<std::size_t>(value);
    return add_activation(plan_.values[static_cast<std::size_t>(values_of_[i])].name + ".gradient",
                          extents_[i]);
  }
  void add_gradient(int value, int gradient) {
    const auto i = static_cast<std::size_t>(value);
    if (value == 0) return;
    if (!gradients_of_[i]) {
      gradients_of_[i] = gradient;
      return;
    }
    const int sum = new_gradient(value);
    add_node(elementwise(Elementwise::add, extents_[i], batch_), {*gradients_of_[i], gradient, sum},
             Phase::backward_data);
    gradients_of_[i] = sum;
  }

  void backward(std::size_t i) {
    const Layer& layer = network_.layers[i];
    const Extents& of = extents_[i + 1];
    const int dy = *gradients_of_[i + 1], x = value_of(layer.input);
    const Kept& kept = kept_[i];
    switch (layer.kind) {
      case LayerKind::convolution:
      case LayerKind::linear:
        backward_of_product(layer, of, kept, x, dy);
        return;
      case LayerKind::batch_norm: {
        const int dx = new_gradient(layer.input);
        add_node(batch_norm(of, batch_, BatchNorm::backward),
                 {dy, x, kept.weight, kept.mean, kept.variance, dx, kept.weight_gradient,
                  *kept.bias_gradient},
                 Phase::backward_data);
        return add_gradient(layer.input, dx);
      }
      case LayerKind::relu: {
        const int dx = add_activation(layer.name + ".input_gradient", of);
        add_node(elementwise(Elementwise::relu_backward, of, batch_), {dy, values_of_[i + 1], dx},
                 Phase::backward_data);
        return add_gradient(layer.input, dx);
      }
      case LayerKind::max_pool: {
        const int dx = new_gradient(layer.input);
        add_node(pool(layer, input_of(layer), batch_, true), {dy, x, dx}, Phase::backward_data);
        return add_gradient(layer.input, dx);
      }
      case LayerKind::average_pool: {
        const int dx = new_gradient(layer.input);
        add_node(pool(layer, input_of(layer), batch_, true), {dy, dx}, Phase::backward_data);
        return add_gradient(layer.input, dx);
      }
      case LayerKind::add:
        add_gradient(layer.input, dy);
        add_gradient(layer.second, dy);
        return;
    }
  }

  void backward_of_product(const Layer& layer, const Extents& of, const Kept& kept, int x, int dy) {
    const std::int64_t inputs = input_of(layer).elements();
    const bool is_linear = layer.kind == LayerKind::linear;
    if (layer.input != 0) {
      const int dx = new_gradient(layer.input);
      if (is_linear) {
        add_node(GemmProblem{.m = batch_, .n = inputs, .k = layer.channels}, {dy, kept.weight, dx},
                 Phase::backward_data);
      } else {
        add_node(convolution(layer, input_of(layer), batch_).in(Direction::dgrad),
                 {dy, kept.weight, dx}, Phase::backward_data);
      }
      add_gradient(layer.input, dx);
    }
    if (is_linear) {
      add_node(GemmProblem{.trans_a = true, .m = layer.channels, .n = inputs, .k = batch_},
               {dy, x, kept.weight_gradient}, Phase::backward_weights);
    } else {
      add_node(convolution(layer, input_of(layer), batch_).in(Direction::wgrad),
               {x, dy, kept.weight_gradient}, Phase::backward_weights);
    }
    if (kept.bias_gradient) {
      add_node(bias(of, batch_, true), {dy, *kept.bias_gradient}, Phase::backward_weights);
    }
  }

  /// All parameters at once: those of a store lie side by side.
  void update(const Optimiser& optimiser) {
    lay_out_stores(plan_);
    const std::int64_t count = plan_.elements_of(Store::parameters);
    const int gradients = add_value("gradients", {count}, Store::gradients);
    const int momentum = add_value("momentum", {count}, Store::momentum);
    const int parameters = add_value("parameters", {count}, Store::parameters);
    for (const int value : {gradients, momentum, parameters}) {
      plan_.values[static_cast<std::size_t>(value)].whole = true;
    }
    plan_.elements[static_cast<std::size_t>(Store::momentum)] = count;
    add_node(SgdProblem{count, optimiser.lr, optimiser.momentum, optimiser.weight_decay},
             {gradients, momentum, parameters}, Phase::update);
  }

  const Network& network_;
  const std::vector<Extents> extents_;
  const std::int64_t batch_;
  const PlanOptions options_;
  bool training_ = false;
  Plan plan_;
  std::vector<int> values_of_;                    // of each value of the network, in the plan
  std::vector<std::optional<int>> gradients_of_;  // likewise
  std::vector<Kept> kept_;                        // of each layer
};

}  // namespace

double Plan::flops() const {
  double sum = 0;
  for (const Node& node : nodes) {
    sum += std::visit([](const auto& problem) { return problem.flops(); }, node.problem);
  }
  return sum;
}

Plan plan_training_step(const Network& network, std::int64_t batch, const Optimiser& optimiser,
                        const PlanOptions& options) {
  return with_products_in(options.products,
                          Planner(network, batch, options).training_step(optimiser));
}

Plan plan_inference(const Network& network, std::int64_t batch, const PlanOptions& options) {
  return with_products_in(options.products, Planner(network, batch, options).inference());
}

}  // namespace breakeven
