#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/problem.h"
#include "operations/training/network.h"
#include "operations/training/plan.h"

namespace breakeven {

/// What a network does to one batch of images.
///
///   training step  (images, labels, parameters, momentum[, statistics], loss): forward pass,
///                  softmax and cross-entropy, backward pass, SGD; parameters, momentum and the
///                  running statistics of batch norms stay where they are from step to step
///   inference      (images, parameters[, statistics], logits): the forward pass in evaluation
///   mode;
///                  parameters and statistics stay where they are, too
///
/// images (N, C, H, W), labels (N) in s32, loss (1), logits (N, classes); parameters and momentum
/// as Plan lays them out. All of f32; in bf16 it is the operands and results of products.
struct NetworkProblem {
  std::string network = "mlp";
  bool training = true;
  std::int64_t batch = 1;
  Optimiser optimiser = {};  // of training
  Dtype dtype = Dtype::f32;  // or bf16: of products, see mixed_precision.h

  /// Stable id: `train/f32/cnn/b32/step`, `infer/f32/cnn/b32`; of the default optimiser.
  std::string id() const;
  const Network& description() const { return network_named(network); }
  Plan plan(PlanOptions options = {}) const;
  /// Those of its operations.
  double flops() const { return plan().flops(); }
  /// Everything the harness needs.
  ProblemView view() const;

  /// The same for fewer images: cheap, for calibration.
  NetworkProblem shrunk() const;

  bool operator==(const NetworkProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
NetworkProblem parse_network_problem(std::string_view id);

}  // namespace breakeven
