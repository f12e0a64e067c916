// cuDNN through its graph API, the engine chosen in prepare, within a workspace of 256 MiB. cudnn
// takes the first that the library's heuristic proposes, cudnn_searched the fastest of the first 16
// that it proposes, timed in prepare; the difference is what the heuristic costs. The _tf32 rows
// compute f32 on tensor cores. cudnn_deterministic sums dw in the same order each time.
// Limits: f32, bf16, f16; no engines that round otherwise (FFT, Winograd, narrower inputs or sums).

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "operations/conv/problem.h"
#include "operations/implementation.h"
#if BREAKEVEN_CUDNN
#include "kernels/common/fastest_plan.h"
#include "kernels/common/handles.h"
#include "kernels/conv/cudnn_conv.h"
#endif

namespace breakeven::cuda_conv {
namespace {

struct Choice {
  bool tf32 = false, searched = false, deterministic = false;
};

#if BREAKEVEN_CUDNN

constexpr std::size_t proposals = 16;

CudnnEngines engines_of(const Choice& choice) { return {choice.tf32, choice.deterministic}; }

Support has_a_plan(const ConvProblem& p, const Choice& choice) {
  if (!breakeven::cudnn().missing.empty()) return Support::no(breakeven::cudnn().missing);
  try {
    if (!CudnnConv(p).plans(1, engines_of(choice)).empty()) return Support::yes();
    return Support::no("cuDNN has no engine for it");
  } catch (const CudnnNotSupported& error) {
    return Support::no(error.what());
  }
}

/// The fastest of the plans on this device.
std::size_t fastest(const CudnnConv& conv, const ConvProblem& p,
                    const std::vector<CudnnPlan>& plans) {
  std::vector<DeviceBuffer> buffers;
  std::vector<Tensor> tensors;
  for (const TensorSpec& spec : p.view().tensors) {
    buffers.push_back(made_up(spec));
    tensors.push_back({buffers.back().get(), spec.dtype, spec.elements()});
  }
  std::size_t bytes = 1;
  for (const CudnnPlan& plan : plans) bytes = std::max(bytes, plan.workspace_bytes);
  const DeviceBuffer workspace = make_device_buffer(bytes);
  return fastest_plan(plans.size(), [&](std::size_t plan, Stream stream) {
    conv.run(plans[plan], tensors, workspace.get(), stream);
  });
}

CudaCall prepare_choice(const ConvProblem& p, const Choice& choice) {
  const auto conv = std::make_shared<const CudnnConv>(p);
  std::vector<CudnnPlan> plans = conv->plans(choice.searched ? proposals : 1, engines_of(choice));
  if (plans.empty()) throw std::runtime_error("cuDNN has no engine for " + p.id());
  const std::size_t chosen = choice.searched ? fastest(*conv, p, plans) : 0;
  const auto plan = std::make_shared<const CudnnPlan>(std::move(plans[chosen]));
  const std::shared_ptr<void> workspace(
      make_device_buffer(std::max<std::size_t>(plan->workspace_bytes, 1)));
  return {.run = [=](Tensors tensors,
                     Stream stream) { conv->run(*plan, tensors, workspace.get(), stream); },
          .plan = plan->words + ", number " + std::to_string(chosen + 1) + " of " +
                  std::to_string(plans.size()) + " proposed, workspace " +
                  std::to_string(plan->workspace_bytes) + " B",
          .workspace_bytes = plan->workspace_bytes};
}

#else

Support has_a_plan(const ConvProblem&, const Choice&) {
  return Support::no("this build has no cuDNN: its header cudnn_graph.h was not found");
}

CudaCall prepare_choice(const ConvProblem&, const Choice&) {
  throw std::runtime_error("this build has no cuDNN");
}

#endif

template <Choice choice>
Support supports(const ConvProblem& p) {
  if (choice.tf32 && p.dtype != Dtype::f32) return only(p, {Dtype::f32});
  if (choice.deterministic && p.direction != Direction::wgrad) {
    return Support::no("is for wgrad, whose sums are the ones that may be split");
  }
  if (const Support dtype = only(p, {Dtype::f32, Dtype::bf16, Dtype::f16}); !dtype) return dtype;
  return has_a_plan(p, choice);
}

template <Choice choice>
CudaCall prepare(const ConvProblem& p) {
  return prepare_choice(p, choice);
}

MathMode tf32_mode(const ConvProblem&) { return {.name = "tf32", .input = 0x1p-11}; }

constexpr Choice first{}, searched{.searched = true}, in_tf32{.tf32 = true},
    searched_in_tf32{.tf32 = true, .searched = true}, deterministic{.deterministic = true};

}  // namespace

CudaImplementation<ConvProblem> cudnn() {
  return {"cudnn", Rung::library, supports<first>, prepare<first>};
}

CudaImplementation<ConvProblem> cudnn_searched() {
  return {"cudnn_searched", Rung::library, supports<searched>, prepare<searched>};
}

CudaImplementation<ConvProblem> cudnn_deterministic() {
  return {"cudnn_deterministic", Rung::library, supports<deterministic>, prepare<deterministic>};
}

CudaImplementation<ConvProblem> cudnn_tf32() {
  return {"cudnn_tf32", Rung::library, supports<in_tf32>, prepare<in_tf32>, tf32_mode};
}

CudaImplementation<ConvProblem> cudnn_tf32_searched() {
  return {"cudnn_tf32_searched", Rung::library, supports<searched_in_tf32>,
          prepare<searched_in_tf32>, tf32_mode};
}

}  // namespace breakeven::cuda_conv
