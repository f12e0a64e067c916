#if BREAKEVEN_CUDNN
#include "kernels/conv/cudnn_conv.h"

#include <array>
#include <utility>

#include "kernels/common/cudnn_nodes.h"

namespace breakeven::cuda_conv {
namespace {

/// cuDNN has no convolution over one axis: such an image is one of a single row.
std::size_t first_axis(const ConvProblem& p) { return p.dims == 3 ? 0 : 1; }

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

CudnnDescriptor cudnn_tensor(const ConvProblem& p, std::int64_t id, std::int64_t outer,
                             std::int64_t channels, const std::array<std::int64_t, 3>& extents,
                             const ConvStrides& distances, bool inner) {
  std::vector<std::int64_t> dimensions{outer, channels};
  std::vector<std::int64_t> strides{distances.outer, distances.channel};
  dimensions.insert(dimensions.end(), extents.begin() + first_axis(p), extents.end());
  strides.insert(strides.end(), distances.axis.begin() + first_axis(p), distances.axis.end());
  return breakeven::cudnn_tensor({id, std::move(dimensions), std::move(strides),
                                  inner ? Dtype::f32 : p.dtype,
                                  inner ? CudnnTensor::Place::inner : CudnnTensor::Place::memory});
}

CudnnDescriptor cudnn_geometry(const ConvProblem& p) {
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

CudnnDescriptor cudnn_convolution(Direction direction, const CudnnDescriptor& x,
                                  const CudnnDescriptor& w, const CudnnDescriptor& y,
                                  const CudnnDescriptor& geometry) {
  const OperationNames names = names_of(direction);
  CudnnDescriptor operation(names.type);
  operation.set(names.alpha, CUDNN_TYPE_FLOAT, 1.0f);
  operation.set(names.beta, CUDNN_TYPE_FLOAT, 0.0f);
  operation.set(names.geometry, geometry);
  operation.set(names.x, x);
  operation.set(names.w, w);
  operation.set(names.y, y);
  operation.finalize();
  return operation;
}

}  // namespace breakeven::cuda_conv

namespace breakeven {

CudnnGraph cudnn_graph_of(const ConvProblem& p) {
  using namespace cuda_conv;
  const auto [x_id, w_id, y_id] = ids_of(p.direction);
  std::vector<CudnnDescriptor> parts, operations;
  parts.push_back(cudnn_tensor(p, x_id, p.n, p.c, input_extents(p), x_strides(p)));
  parts.push_back(cudnn_tensor(p, w_id, p.k, p.group_c(), filter_extents(p), w_strides(p)));
  parts.push_back(cudnn_tensor(p, y_id, p.n, p.k, output_extents(p), y_strides(p)));
  parts.push_back(cudnn_geometry(p));
  operations.push_back(cudnn_convolution(p.direction, parts[0], parts[1], parts[2], parts[3]));
  return {p.dtype, {0, 1, 2}, std::move(operations), std::move(parts)};
}

}  // namespace breakeven
#endif
