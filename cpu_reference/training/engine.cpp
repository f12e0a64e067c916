#include "cpu_reference/training/engine.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cpu_reference/batch_norm/list.h"
#include "cpu_reference/bias/list.h"
#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/simd.h"
#include "cpu_reference/conv/list.h"
#include "cpu_reference/conv_bias_relu/list.h"
#include "cpu_reference/elementwise/list.h"
#include "cpu_reference/gemm/list.h"
#include "cpu_reference/gemm_epilogue/list.h"
#include "cpu_reference/pool/list.h"
#include "cpu_reference/sgd/list.h"
#include "cpu_reference/softmax_cross_entropy/list.h"
#include "cpu_reference/training/pilot.h"
#include "operations/training/engine_parts.h"

namespace breakeven::cpu_network {
namespace {

// The lists of a node's operation.
auto list_of(const BatchNormProblem&) { return cpu_batch_norm_list(); }
auto list_of(const BiasProblem&) { return cpu_bias_list(); }
auto list_of(const ConvProblem&) { return cpu_conv_list(); }
auto list_of(const ConvBiasReluProblem&) { return cpu_conv_bias_relu_list(); }
auto list_of(const ElementwiseProblem&) { return cpu_elementwise_list(); }
auto list_of(const GemmProblem&) { return cpu_gemm_list(); }
auto list_of(const GemmEpilogueProblem&) { return cpu_gemm_epilogue_list(); }
auto list_of(const PoolProblem&) { return cpu_pool_list(); }
auto list_of(const SgdProblem&) { return cpu_sgd_list(); }
auto list_of(const SoftmaxCrossEntropyProblem&) { return cpu_softmax_cross_entropy_list(); }

class Engine {
 public:
  /// `choice(list, problem)` gives a node's ChosenCall.
  template <class Choice>
  Engine(const NetworkProblem& problem, const PlanOptions& options, Choice choice)
      : problem_(problem),
        plan_(problem.plan(options)),
        tensors_(plan_),
        gradients_(size_of_store(Store::gradients)),
        activations_(size_of_store(Store::activations)) {
    // What lies between the gradients is no parameter's, but the update reads it.
    std::fill_n(gradients_.data(), size_of_store(Store::gradients), 0.0F);
    for (const Node& node : plan_.nodes) {
      std::visit(
          [&](const auto& p) {
            auto [name, call] = choice(list_of(p), p);
            names_.add(p.view().operation, name);
            workspace_bytes_ += call.workspace_bytes.value_or(0);
            calls_.push_back(std::move(call.run));
          },
          node.problem);
    }
  }

  void run(Tensors tensors, const Mark& mark) {
    tensors_.place(problem_, tensors);
    tensors_.place(Store::gradients, gradients_.data());
    tensors_.place(Store::activations, activations_.data());
    tensors_.for_each_node([&](std::size_t node, Tensors of_node) {
      calls_[node](of_node);
      if (mark && plan_.ends_phase(node)) mark(name_of(plan_.nodes[node].phase));
    });
  }

  std::string choice() const { return names_.text(); }
  std::size_t bytes() const { return gradients_.bytes() + activations_.bytes() + workspace_bytes_; }
  auto memory() const { return memory_of(plan_, workspace_bytes_); }

 private:
  std::size_t size_of_store(Store store) const {
    return static_cast<std::size_t>(plan_.elements_of(store));
  }

  NetworkProblem problem_;
  Plan plan_;
  PlanTensors tensors_;
  AlignedArray<float> gradients_, activations_;
  std::vector<std::function<void(Tensors)>> calls_;  // of each node
  ChosenNames names_;
  std::size_t workspace_bytes_ = 0;
};

/// Each rung but the first has fused operations that are no slower than their parts.
bool always(const AnyProblem&) { return true; }

/// What an engine is to the harness.
CpuCall call_of(const NetworkProblem& problem, const std::shared_ptr<Engine>& engine) {
  CpuCall call{.run = [engine](Tensors tensors) { engine->run(tensors, {}); },
               .plan = engine->choice(),
               .workspace_bytes = engine->bytes(),
               .memory = engine->memory()};
  if (problem.training) {
    call.run_in_parts = [engine](Tensors tensors, const Mark& mark) { engine->run(tensors, mark); };
  }
  return call;
}

}  // namespace

Support supports_products_of(Dtype dtype) {
  if (dtype == Dtype::f32 || has_avx512()) return Support::yes();
  return Support::no("oneDNN computes " + std::string(name_of(dtype)) + " with AVX-512 only");
}

CpuCall prepare_engine(const NetworkProblem& problem, Rung rung) {
  const auto choice = [rung](auto list, const auto& p) { return choose(list, p, rung); };
  PlanOptions options;
  if (rung != Rung::naive) options.fuses = always;
  return call_of(problem, std::make_shared<Engine>(problem, options, choice));
}

CpuCall prepare_picked(const NetworkProblem& problem) {
  const auto choice = [](auto list, const auto& p) { return choose_fastest(list, p); };
  return call_of(problem, std::make_shared<Engine>(problem, PlanOptions{.fuses = always}, choice));
}

}  // namespace breakeven::cpu_network
