#include "kernels/common/cudnn_choice.h"
#if BREAKEVEN_CUDNN

#include <algorithm>
#include <memory>
#include <string>

#include "kernels/common/fastest_plan.h"
#include "kernels/common/handles.h"

namespace breakeven {
namespace {

constexpr std::size_t proposals = 16;

/// The fastest of the plans on this device.
std::size_t fastest(const CudnnGraph& graph, const ProblemView& problem,
                    const std::vector<CudnnPlan>& plans) {
  std::vector<DeviceBuffer> buffers;
  std::vector<Tensor> tensors;
  for (const TensorSpec& spec : problem.tensors) {
    buffers.push_back(made_up(spec));
    tensors.push_back({buffers.back().get(), spec.dtype, spec.elements()});
  }
  std::size_t bytes = 1;
  for (const CudnnPlan& plan : plans) bytes = std::max(bytes, plan.workspace_bytes);
  const DeviceBuffer workspace = make_device_buffer(bytes);
  return fastest_plan(plans.size(), [&](std::size_t plan, Stream stream) {
    graph.run(plans[plan], tensors, workspace.get(), stream);
  });
}

}  // namespace

CudaCall prepare_cudnn(CudnnGraph described, const ProblemView& problem,
                       const CudnnChoice& choice) {
  const auto graph = std::make_shared<const CudnnGraph>(std::move(described));
  std::vector<CudnnPlan> plans =
      graph->plans(choice.searched ? proposals : 1, {choice.tf32, choice.deterministic});
  if (plans.empty()) throw std::runtime_error("cuDNN has no engine for " + problem.id);
  const std::size_t chosen = choice.searched ? fastest(*graph, problem, plans) : 0;
  const auto plan = std::make_shared<const CudnnPlan>(std::move(plans[chosen]));
  const std::shared_ptr<void> workspace(
      make_device_buffer(std::max<std::size_t>(plan->workspace_bytes, 1)));
  return {.run = [=](Tensors tensors,
                     Stream stream) { graph->run(*plan, tensors, workspace.get(), stream); },
          .plan = plan->words + ", number " + std::to_string(chosen + 1) + " of " +
                  std::to_string(plans.size()) + " proposed, workspace " +
                  std::to_string(plan->workspace_bytes) + " B",
          .workspace_bytes = plan->workspace_bytes};
}

}  // namespace breakeven
#endif
