#if BREAKEVEN_CUDNN
#include "kernels/common/cudnn_graph.h"

#include <algorithm>
#include <array>
#include <utility>

namespace breakeven {

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t type) {
  cudnnBackendDescriptor_t made = nullptr;
  check_cudnn(cudnn().create_descriptor(type, &made), "cudnnBackendCreateDescriptor");
  descriptor_.reset(made);
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                          std::int64_t count, const void* values) {
  check_cudnn(cudnn().set_attribute(get(), name, type, count, values), "cudnnBackendSetAttribute");
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name,
                          const std::vector<std::int64_t>& values) {
  set(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.data());
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, const CudnnDescriptor& other) {
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, other.get());
}

std::int64_t CudnnDescriptor::read(cudnnBackendAttributeName_t name,
                                   cudnnBackendAttributeType_t type, std::int64_t most,
                                   void* values) const {
  std::int64_t count = 0;
  check_cudnn(cudnn().get_attribute(get(), name, type, most, &count, values),
              "cudnnBackendGetAttribute");
  return count;
}

std::int64_t CudnnDescriptor::number(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0;
  read(name, CUDNN_TYPE_INT64, 1, &value);
  return value;
}

void CudnnDescriptor::finalize() { check_cudnn(cudnn().finalize(get()), "cudnnBackendFinalize"); }

bool CudnnDescriptor::finalized() { return cudnn().finalize(get()) == CUDNN_STATUS_SUCCESS; }

CudnnGraph::CudnnGraph(Dtype dtype, std::vector<std::int64_t> ids,
                       std::vector<CudnnDescriptor> operations, std::vector<CudnnDescriptor> parts,
                       std::vector<CudnnNumber> numbers)
    : dtype_(dtype),
      tensors_(std::move(ids)),
      ids_(tensors_),
      numbers_(std::move(numbers)),
      operations_(std::move(operations)),
      parts_(std::move(parts)),
      graph_(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR) {
  for (const CudnnNumber& number : numbers_) ids_.push_back(number.id);
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const CudnnDescriptor& operation : operations_) raw.push_back(operation.get());
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, cudnn_handle());
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR,
             static_cast<std::int64_t>(raw.size()), raw.data());
  graph_.finalize();
}

std::vector<CudnnDescriptor> CudnnGraph::proposals(cudnnBackendHeurMode_t mode) const {
  CudnnDescriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristic.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph_);
  heuristic.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
  if (!heuristic.finalized()) return {};
  const std::int64_t count =
      heuristic.read(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, nullptr);
  std::vector<CudnnDescriptor> configurations;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (std::int64_t i = 0; i < count; ++i) {
    raw.push_back(configurations.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR).get());
  }
  const std::int64_t written = heuristic.read(CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                              CUDNN_TYPE_BACKEND_DESCRIPTOR, count, raw.data());
  while (static_cast<std::int64_t>(configurations.size()) > written) configurations.pop_back();
  return configurations;
}

bool CudnnGraph::is_wanted(const CudnnDescriptor& engine, const CudnnEngines& engines) const {
  std::array<cudnnBackendNumericalNote_t, CUDNN_NUMERICAL_NOTE_TYPE_COUNT> notes;
  const std::int64_t count =
      engine.read(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                  static_cast<std::int64_t>(notes.size()), notes.data());
  return std::all_of(notes.begin(), notes.begin() + count, [&](cudnnBackendNumericalNote_t note) {
    switch (note) {
      case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
        return dtype_ != Dtype::f32 || engines.tf32;
      case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
        return !engines.deterministic;
      case CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP:
        return true;
      default:
        return false;
    }
  });
}

std::vector<CudnnPlan> CudnnGraph::plans(std::size_t most, const CudnnEngines& engines) const {
  std::vector<CudnnPlan> found;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    for (const CudnnDescriptor& configuration : proposals(mode)) {
      if (found.size() == most) return found;
      const CudnnDescriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
      cudnnBackendDescriptor_t raw = engine.get();
      configuration.read(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &raw);
      if (!is_wanted(engine, engines)) continue;
      CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, cudnn_handle());
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
      if (!plan.finalized()) continue;
      const auto bytes =
          static_cast<std::size_t>(plan.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
      if (bytes > most_workspace_bytes) continue;
      const std::int64_t index = engine.number(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
      found.push_back({std::move(plan), bytes, "engine " + std::to_string(index)});
    }
  }
  return found;
}

void CudnnGraph::run(const CudnnPlan& plan, Tensors tensors, void* workspace, Stream stream) const {
  std::vector<void*> data;
  for (const std::int64_t id : tensors_) data.push_back(tensors[static_cast<std::size_t>(id)].data);
  // cuDNN reads a number and takes its address as one of what might be written.
  for (const CudnnNumber& number : numbers_) data.push_back(const_cast<float*>(&number.value));
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids_);
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
           static_cast<std::int64_t>(data.size()), data.data());
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
  pack.finalize();
  check_cudnn(cudnn().set_stream(cudnn_handle(), stream), "cudnnSetStream");
  check_cudnn(cudnn().execute(cudnn_handle(), plan.descriptor.get(), pack.get()),
              "cudnnBackendExecute");
}

}  // namespace breakeven
#endif
