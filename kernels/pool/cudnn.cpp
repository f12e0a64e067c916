// cuDNN through its graph API, as what it calls resampling: an average counts padding, and padding
// is no maximum.
// Limits: fewer than 2^31 elements. Not the gradient of max pooling: cuDNN finds the largest again
// from x and y, and the problem does not have y, or with the channels last from an index of each
// window, which a forward pass would have to keep. Nor, channels first, that of average pooling:
// cuDNN is said to want x and y there too; 9.19 proposes a plan without them, which nobody has run.
// Measured: on no card yet. Asked without a GPU, by the properties of T4 to B100, cuDNN 9.19 has
// plans for both orders; for an H100 for all that these limits leave.

#include <algorithm>

#include "kernels/common/cudnn_choice.h"
#include "operations/pool/problem.h"
#if BREAKEVEN_CUDNN
#include <utility>
#include <vector>

#include "kernels/common/cudnn_nodes.h"
#include "kernels/pool/cudnn_graph.h"

namespace breakeven {
namespace {

CudnnDescriptor windows_of(const PoolProblem& p) {
  const bool max = p.pool == Pool::max;
  CudnnDescriptor made(CUDNN_BACKEND_RESAMPLE_DESCRIPTOR);
  const auto set_both = [&](cudnnBackendAttributeName_t name, std::int64_t ConvAxis::* field) {
    const cudnnFraction_t both[] = {{p.height.*field, 1}, {p.width.*field, 1}};
    made.set(name, CUDNN_TYPE_FRACTION, 2, both);
  };
  made.set(CUDNN_ATTR_RESAMPLE_MODE, CUDNN_TYPE_RESAMPLE_MODE,
           max ? CUDNN_RESAMPLE_MAXPOOL : CUDNN_RESAMPLE_AVGPOOL_INCLUDE_PADDING);
  made.set(CUDNN_ATTR_RESAMPLE_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  made.set(CUDNN_ATTR_RESAMPLE_NAN_PROPAGATION, CUDNN_TYPE_NAN_PROPOGATION, CUDNN_PROPAGATE_NAN);
  made.set(CUDNN_ATTR_RESAMPLE_PADDING_MODE, CUDNN_TYPE_PADDING_MODE,
           max ? CUDNN_NEG_INF_PAD : CUDNN_ZERO_PAD);
  made.set(CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS, CUDNN_TYPE_INT64, std::int64_t{2});
  set_both(CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, &ConvAxis::filter);
  set_both(CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, &ConvAxis::pad_before);
  set_both(CUDNN_ATTR_RESAMPLE_POST_PADDINGS, &ConvAxis::pad_after);
  set_both(CUDNN_ATTR_RESAMPLE_STRIDES, &ConvAxis::stride);
  made.finalize();
  return made;
}

}  // namespace

CudnnGraph cudnn_graph_of(const PoolProblem& p) {
  const auto image = [&](std::int64_t id, std::int64_t height, std::int64_t width,
                         const ConvStrides& strides) {
    return cudnn_tensor({id,
                         {p.n, p.c, height, width},
                         {strides.outer, strides.channel, strides.axis[1], strides.axis[2]}});
  };
  // (x, y), or of an average's gradient (dy, dx).
  const std::int64_t x_id = p.backward ? 1 : 0, y_id = 1 - x_id;
  std::vector<CudnnDescriptor> parts, operations;
  parts.push_back(image(x_id, p.height.input, p.width.input, p.x_strides()));
  parts.push_back(image(y_id, p.height.output(), p.width.output(), p.y_strides()));
  parts.push_back(windows_of(p));
  CudnnDescriptor operation(p.backward ? CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR
                                       : CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR);
  operation.set(p.backward ? CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DXDESC
                           : CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC,
                parts[0]);
  operation.set(p.backward ? CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DYDESC
                           : CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC,
                parts[1]);
  operation.set(
      p.backward ? CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DESC : CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC,
      parts[2]);
  operation.finalize();
  operations.push_back(std::move(operation));
  return {Dtype::f32, {0, 1}, std::move(operations), std::move(parts)};
}

}  // namespace breakeven
#endif

namespace breakeven::cuda_pool {
namespace {

Support supports(const PoolProblem& p) {
  if (std::max(p.x_elements(), p.y_elements()) > cudnn_most_elements) {
    return Support::no("cuDNN's tensors have fewer than 2^31 elements");
  }
  if (p.backward && p.pool == Pool::max) {
    return Support::no(
        "cuDNN's graph API takes y or an index of each window for the gradient of max pooling, the "
        "problem has dy and x");
  }
  if (p.backward && p.channels == ChannelOrder::first) {
    return Support::no(
        "cuDNN's graph API takes x and y for a gradient with the channels first, the problem has "
        "dy");
  }
  return cudnn_supports(p);
}

CudaCall prepare(const PoolProblem& p) { return prepare_cudnn(p); }

}  // namespace

CudaImplementation<PoolProblem> cudnn() { return {"cudnn", Rung::library, supports, prepare}; }

}  // namespace breakeven::cuda_pool
