#include "kernels/training/engine.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/batch_norm/list.h"
#include "kernels/bias/list.h"
#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/conv/list.h"
#include "kernels/conv_bias_relu/list.h"
#include "kernels/elementwise/list.h"
#include "kernels/gemm/list.h"
#include "kernels/gemm_epilogue/list.h"
#include "kernels/pool/list.h"
#include "kernels/sgd/list.h"
#include "kernels/softmax_cross_entropy/list.h"
#include "operations/training/engine_parts.h"

namespace breakeven::cuda_network {
namespace {

// The lists of a node's operation.
auto list_of(const BatchNormProblem&) { return cuda_batch_norm_list(); }
auto list_of(const BiasProblem&) { return cuda_bias_list(); }
auto list_of(const ConvProblem&) { return cuda_conv_list(); }
auto list_of(const ConvBiasReluProblem&) { return cuda_conv_bias_relu_list(); }
auto list_of(const ElementwiseProblem&) { return cuda_elementwise_list(); }
auto list_of(const GemmProblem&) { return cuda_gemm_list(); }
auto list_of(const GemmEpilogueProblem&) { return cuda_gemm_epilogue_list(); }
auto list_of(const PoolProblem&) { return cuda_pool_list(); }
auto list_of(const SgdProblem&) { return cuda_sgd_list(); }
auto list_of(const SoftmaxCrossEntropyProblem&) { return cuda_softmax_cross_entropy_list(); }

/// An operation in one kernel is worth it where the library has that; our own in f32 are naive.
bool library_takes(const AnyProblem& problem) {
  return std::visit(
      [](const auto& p) {
        return std::ranges::any_of(list_of(p), [&](const auto& row) {
          return row.rung == Rung::library && takes(row, p);
        });
      },
      problem);
}

PlanOptions options_of(Rung rung) {
  PlanOptions options;
  if (rung == Rung::library) options.fuses = library_takes;
  return options;
}

class Engine {
 public:
  Engine(const NetworkProblem& problem, Rung rung)
      : problem_(problem),
        plan_(problem.plan(options_of(rung))),
        tensors_(plan_),
        gradients_(make_device_buffer(bytes_of(Store::gradients))),
        activations_(make_device_buffer(bytes_of(Store::activations))) {
    // What lies between the gradients is no parameter's, but the update reads it; inference has
    // none.
    if (gradients_) {
      BREAKEVEN_CUDA_CHECK(cudaMemset(gradients_.get(), 0, bytes_of(Store::gradients)));
    }
    for (const Node& node : plan_.nodes) {
      std::visit(
          [&](const auto& p) {
            auto [name, call] = choose(list_of(p), p, rung);
            names_.add(p.view().operation, name);
            workspace_bytes_ += call.workspace_bytes.value_or(0);
            calls_.push_back(std::move(call.run));
          },
          node.problem);
    }
  }

  void run(Tensors tensors, Stream stream, const Mark& mark) {
    tensors_.place(problem_, tensors);
    tensors_.place(Store::gradients, gradients_.get());
    tensors_.place(Store::activations, activations_.get());
    tensors_.for_each_node([&](std::size_t node, Tensors of_node) {
      calls_[node](of_node, stream);
      if (mark && plan_.ends_phase(node)) mark(name_of(plan_.nodes[node].phase));
    });
  }

  std::string choice() const { return names_.text(); }
  std::size_t bytes() const {
    return bytes_of(Store::gradients) + bytes_of(Store::activations) + workspace_bytes_;
  }
  auto memory() const { return memory_of(plan_, workspace_bytes_); }

 private:
  std::size_t bytes_of(Store store) const {
    return static_cast<std::size_t>(plan_.elements_of(store)) * sizeof(float);
  }

  NetworkProblem problem_;
  Plan plan_;
  PlanTensors tensors_;
  DeviceBuffer gradients_, activations_;
  std::vector<std::function<void(Tensors, Stream)>> calls_;  // of each node
  ChosenNames names_;
  std::size_t workspace_bytes_ = 0;
};

}  // namespace

Support supports_network(const NetworkProblem& problem) {
  if (problem.dtype == Dtype::f32) return Support::yes();
  for (const Node& node : problem.plan().nodes) {
    const bool taken = std::visit(
        [](const auto& p) {
          return std::ranges::any_of(list_of(p), [&](const auto& row) { return takes(row, p); });
        },
        node.problem);
    if (taken) continue;
    return Support::no("nothing takes " +
                       std::visit([](const auto& p) { return p.id(); }, node.problem));
  }
  return Support::yes();
}

CudaCall prepare_engine(const NetworkProblem& problem, Rung rung) {
  const auto engine = std::make_shared<Engine>(problem, rung);
  CudaCall call{
      .run = [engine](Tensors tensors, Stream stream) { engine->run(tensors, stream, {}); },
      .plan = engine->choice(),
      .workspace_bytes = engine->bytes(),
      .memory = engine->memory()};
  if (problem.training) {
    call.run_in_parts = [engine](Tensors tensors, Stream stream, const Mark& mark) {
      engine->run(tensors, stream, mark);
    };
  }
  return call;
}

}  // namespace breakeven::cuda_network
