#include "kernels/common/cudnn_choice.h"
#if BREAKEVEN_CUDNN

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "kernels/common/fastest_plan.h"
#include "kernels/common/handles.h"

namespace breakeven {
namespace {

constexpr std::size_t proposals = 16;

/// Engines of graphs without products may be noted for tensor cores and round nothing by it: cuDNN
/// 9.19 notes them of the engine that all fused functions of elements share.
constexpr CudnnEngines without_products{.tf32 = true, .deterministic = true};

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

std::shared_ptr<const CudnnPlanned> cudnn_planned(const std::string& key,
                                                  const std::function<CudnnGraph()>& describe) {
  // Never destroyed: the driver may be gone before.
  static auto& kept = *new std::map<std::string, std::shared_ptr<const CudnnPlanned>>;
  std::shared_ptr<const CudnnPlanned>& place = kept[key];
  if (place) return place;
  const auto made = std::make_shared<CudnnPlanned>();
  if (!cudnn().missing.empty()) {
    made->support = Support::no(cudnn().missing);
    return place = made;
  }
  try {
    made->graph = std::make_unique<const CudnnGraph>(describe());
    std::vector<CudnnPlan> plans = made->graph->plans(1, without_products);
    if (plans.empty()) {
      made->support = Support::no("cuDNN has no engine for it");
    } else {
      made->plan = std::make_unique<const CudnnPlan>(std::move(plans.front()));
    }
  } catch (const CudnnNotSupported& error) {
    made->support = Support::no(error.what());
  }
  return place = made;
}

CudaCall cudnn_call(const std::shared_ptr<const CudnnPlanned>& planned) {
  if (!planned->support) throw std::runtime_error(planned->support.reason);
  const std::size_t bytes = planned->plan->workspace_bytes;
  const std::shared_ptr<void> workspace(make_device_buffer(std::max<std::size_t>(bytes, 1)));
  return {.run =
              [=](Tensors tensors, Stream stream) {
                planned->graph->run(*planned->plan, tensors, workspace.get(), stream);
              },
          .plan = planned->plan->words + ", workspace " + std::to_string(bytes) + " B",
          .workspace_bytes = bytes};
}

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
