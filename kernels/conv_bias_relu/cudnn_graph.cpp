#if BREAKEVEN_CUDNN
#include "kernels/conv_bias_relu/cudnn_graph.h"

#include <utility>

#include "kernels/conv/cudnn_conv.h"

namespace breakeven {
namespace {

/// Of each element, in f32.
CudnnDescriptor function(cudnnPointwiseMode_t mode) {
  CudnnDescriptor made(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  made.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
  made.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  made.finalize();
  return made;
}

/// y = f(x), or f(x, b) where there is one.
CudnnDescriptor applied(const CudnnDescriptor& function, const CudnnDescriptor& x,
                        const CudnnDescriptor* b, const CudnnDescriptor& y) {
  CudnnDescriptor made(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x);
  if (b) made.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *b);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
  made.finalize();
  return made;
}

}  // namespace

CudnnGraph cudnn_graph_of(const ConvBiasReluProblem& problem) {
  using namespace cuda_conv;
  const ConvProblem& p = problem.convolution;
  const auto output = [&](std::int64_t id, bool inner) {
    return cudnn_tensor(p, id, p.n, p.k, output_extents(p), y_strides(p), inner);
  };
  enum Part { x, w, bias, y, sums, biased, geometry, add, relu };
  std::vector<CudnnDescriptor> parts, operations;
  parts.push_back(cudnn_tensor(p, x, p.n, p.c, input_extents(p), x_strides(p)));
  parts.push_back(cudnn_tensor(p, w, p.k, p.group_c(), filter_extents(p), w_strides(p)));
  parts.push_back(
      cudnn_tensor(p, bias, 1, p.k, {1, 1, 1}, ConvStrides(p.k, {1, 1, 1}, p.channels)));
  parts.push_back(output(y, false));
  parts.push_back(output(sums, true));
  parts.push_back(output(biased, true));
  parts.push_back(cudnn_geometry(p));
  parts.push_back(function(CUDNN_POINTWISE_ADD));
  parts.push_back(function(CUDNN_POINTWISE_RELU_FWD));
  operations.push_back(
      cudnn_convolution(p.direction, parts[x], parts[w], parts[sums], parts[geometry]));
  operations.push_back(applied(parts[add], parts[sums], &parts[bias], parts[biased]));
  operations.push_back(applied(parts[relu], parts[biased], nullptr, parts[y]));
  return {p.dtype, 4, std::move(operations), std::move(parts)};
}

}  // namespace breakeven
#endif
