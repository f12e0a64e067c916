#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "operations/batch_norm/problem.h"
#include "operations/bias/problem.h"
#include "operations/conv/problem.h"
#include "operations/conv_bias_relu/problem.h"
#include "operations/elementwise/problem.h"
#include "operations/gemm/problem.h"
#include "operations/gemm_epilogue/problem.h"
#include "operations/pool/problem.h"
#include "operations/sgd/problem.h"
#include "operations/softmax_cross_entropy/problem.h"
#include "operations/training/network.h"

namespace breakeven {

/// What a value's memory is. Those of one store lie in one allocation.
enum class Store {
  images,
  labels,
  parameters,
  momentum,
  statistics,  // running means and variances of batch norms
  loss,
  logits,  // of inference
  gradients,
  activations,
};
inline constexpr int kStores = 9;

/// A value that nodes read and write: dense.
struct Value {
  std::string name;
  std::vector<std::int64_t> shape;
  Store store;
  std::int64_t offset = 0;  // in its store, in words of 4 bytes
  bool whole = false;       // all of its store at once
  Dtype dtype = Dtype::f32;

  std::int64_t elements() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape) product *= extent;
    return product;
  }
  std::int64_t words() const {
    return (elements() * static_cast<std::int64_t>(size_of(dtype)) + 3) / 4;
  }
};

enum class Phase { forward, loss, backward_data, backward_weights, update };
constexpr std::string_view name_of(Phase phase) {
  constexpr std::string_view names[] = {"forward", "loss", "backward_data", "backward_weights",
                                        "update"};
  return names[static_cast<int>(phase)];
}

/// An operation of any kind that networks have.
using AnyProblem = std::variant<GemmProblem, GemmEpilogueProblem, ConvProblem, ConvBiasReluProblem,
                                BiasProblem, ElementwiseProblem, PoolProblem, BatchNormProblem,
                                SoftmaxCrossEntropyProblem, SgdProblem>;

/// An operation on values, which are its problem's tensors in their order.
struct Node {
  AnyProblem problem;
  std::vector<int> values;
  Phase phase;
};

/// What a network does to one batch, as a sequence of operations: what engines execute.
struct Plan {
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::array<std::int64_t, kStores> elements = {};  // words of each store

  std::int64_t elements_of(Store store) const { return elements[static_cast<std::size_t>(store)]; }
  double flops() const;
  /// Whether a node is the last in its phase's turn: backward phases take turns, layer by layer.
  bool ends_phase(std::size_t node) const {
    return node + 1 == nodes.size() || nodes[node + 1].phase != nodes[node].phase;
  }
};

/// How a network's layers become operations.
struct PlanOptions {
  /// Whether a product, its bias and relu are to be that one operation; null: never.
  std::function<bool(const AnyProblem&)> fuses = {};
  /// What products (of linear layers and convolutions) have as operands and results; another one
  /// than f32 is not fused. See mixed_precision.h.
  Dtype products = Dtype::f32;
};

/// Of stochastic gradient descent: as SgdProblem has them.
struct Optimiser {
  double lr = 0.001, momentum = 0.9, weight_decay = 0;

  bool operator==(const Optimiser&) const = default;
};

/// One training step: forward pass, loss, backward pass, update. A gradient is written, not added
/// to: none has to be zeroed. Gradients of the images are not computed.
Plan plan_training_step(const Network& network, std::int64_t batch, const Optimiser& optimiser,
                        const PlanOptions& options);

/// The forward pass in evaluation mode, up to the logits: nothing is kept for a backward pass.
Plan plan_inference(const Network& network, std::int64_t batch, const PlanOptions& options);

}  // namespace breakeven
