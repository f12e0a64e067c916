#if BREAKEVEN_CUDNN
#include "kernels/conv/cudnn_conv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "operations/conv/strides.h"

namespace breakeven::cuda_conv {
namespace {

cudnnDataType_t type_of(Dtype dtype) {
  return dtype == Dtype::bf16  ? CUDNN_DATA_BFLOAT16
         : dtype == Dtype::f16 ? CUDNN_DATA_HALF
                               : CUDNN_DATA_FLOAT;
}

/// cuDNN has no convolution over one axis: such an image is one of a single row.
std::size_t first_axis(const ConvProblem& p) { return p.dims == 3 ? 0 : 1; }

/// A tensor with an outer index, channels and axes, whose place among the problem's tensors is its
/// id.
CudnnDescriptor tensor(const ConvProblem& p, std::int64_t id, std::int64_t outer,
                       std::int64_t channels, const std::array<std::int64_t, 3>& extents,
                       const ConvStrides& distances) {
  std::vector<std::int64_t> dimensions{outer, channels};
  std::vector<std::int64_t> strides{distances.outer, distances.channel};
  dimensions.insert(dimensions.end(), extents.begin() + first_axis(p), extents.end());
  strides.insert(strides.end(), distances.axis.begin() + first_axis(p), distances.axis.end());
  CudnnDescriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type_of(p.dtype));
  made.set(CUDNN_ATTR_TENSOR_DIMENSIONS, dimensions);
  made.set(CUDNN_ATTR_TENSOR_STRIDES, strides);
  made.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, id);
  made.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, std::int64_t{16});
  made.finalize();
  return made;
}

CudnnDescriptor geometry(const ConvProblem& p) {
  const auto each = [&](std::int64_t ConvAxis::* field) {
    std::vector<std::int64_t> values;
    for (std::size_t i = first_axis(p); i < 3; ++i) values.push_back(p.axes[i].*field);
    return values;
  };
  CudnnDescriptor made(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  made.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  made.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION);
  made.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64,
           static_cast<std::int64_t>(3 - first_axis(p)));
  made.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, each(&ConvAxis::dilation));
  made.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, each(&ConvAxis::stride));
  made.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, each(&ConvAxis::pad_before));
  made.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, each(&ConvAxis::pad_after));
  made.finalize();
  return made;
}

/// What a direction's operation and its attributes are called.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t alpha, beta, geometry, x, w, y;
};

OperationNames names_of(Direction direction) {
  switch (direction) {
    case Direction::fprop:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
    case Direction::dgrad:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
    case Direction::wgrad:
      break;
  }
  return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};
}

/// Places of x, w and y among the problem's tensors.
std::array<std::int64_t, 3> ids_of(Direction direction) {
  return direction == Direction::fprop   ? std::array<std::int64_t, 3>{0, 1, 2}
         : direction == Direction::dgrad ? std::array<std::int64_t, 3>{2, 1, 0}
                                         : std::array<std::int64_t, 3>{0, 2, 1};
}

}  // namespace

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t type) {
  cudnnBackendDescriptor_t made = nullptr;
  check_cudnn(breakeven::cudnn().create_descriptor(type, &made), "cudnnBackendCreateDescriptor");
  descriptor_.reset(made);
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                          std::int64_t count, const void* values) {
  check_cudnn(breakeven::cudnn().set_attribute(get(), name, type, count, values),
              "cudnnBackendSetAttribute");
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
  check_cudnn(breakeven::cudnn().get_attribute(get(), name, type, most, &count, values),
              "cudnnBackendGetAttribute");
  return count;
}

std::int64_t CudnnDescriptor::number(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0;
  read(name, CUDNN_TYPE_INT64, 1, &value);
  return value;
}

void CudnnDescriptor::finalize() {
  check_cudnn(breakeven::cudnn().finalize(get()), "cudnnBackendFinalize");
}

bool CudnnDescriptor::finalized() {
  return breakeven::cudnn().finalize(get()) == CUDNN_STATUS_SUCCESS;
}

CudnnConv::CudnnConv(const ConvProblem& p)
    : dtype_(p.dtype), graph_(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR) {
  const auto [x_id, w_id, y_id] = ids_of(p.direction);
  CudnnDescriptor x = tensor(p, x_id, p.n, p.c, input_extents(p), x_strides(p));
  CudnnDescriptor w = tensor(p, w_id, p.k, p.group_c(), filter_extents(p), w_strides(p));
  CudnnDescriptor y = tensor(p, y_id, p.n, p.k, output_extents(p), y_strides(p));
  CudnnDescriptor axes = geometry(p);
  const OperationNames names = names_of(p.direction);
  CudnnDescriptor operation(names.type);
  operation.set(names.alpha, CUDNN_TYPE_FLOAT, 1.0f);
  operation.set(names.beta, CUDNN_TYPE_FLOAT, 0.0f);
  operation.set(names.geometry, axes);
  operation.set(names.x, x);
  operation.set(names.w, w);
  operation.set(names.y, y);
  operation.finalize();
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, cudnn_handle());
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
  graph_.finalize();
  for (CudnnDescriptor* part : {&x, &w, &y, &axes, &operation}) parts_.push_back(std::move(*part));
}

std::vector<CudnnDescriptor> CudnnConv::proposals(cudnnBackendHeurMode_t mode) const {
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

bool CudnnConv::is_wanted(const CudnnDescriptor& engine, const CudnnEngines& engines) const {
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

std::vector<CudnnPlan> CudnnConv::plans(std::size_t most, const CudnnEngines& engines) const {
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

void CudnnConv::run(const CudnnPlan& plan, Tensors tensors, void* workspace, Stream stream) const {
  const std::array<void*, 3> data{tensors[0].data, tensors[1].data, tensors[2].data};
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, {0, 1, 2});
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 3, data.data());
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
  pack.finalize();
  check_cudnn(breakeven::cudnn().set_stream(cudnn_handle(), stream), "cudnnSetStream");
  check_cudnn(breakeven::cudnn().execute(cudnn_handle(), plan.descriptor.get(), pack.get()),
              "cudnnBackendExecute");
}

}  // namespace breakeven::cuda_conv
#endif
