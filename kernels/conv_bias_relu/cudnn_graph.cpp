#if BREAKEVEN_CUDNN
#include "kernels/conv_bias_relu/cudnn_graph.h"

#include <utility>

#include "kernels/common/cudnn_nodes.h"
#include "kernels/conv/cudnn_conv.h"

namespace breakeven {
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
  parts.push_back(cudnn_function(CUDNN_POINTWISE_ADD));
  parts.push_back(cudnn_function(CUDNN_POINTWISE_RELU_FWD));
  operations.push_back(
      cudnn_convolution(p.direction, parts[x], parts[w], parts[sums], parts[geometry]));
  operations.push_back(cudnn_applied(parts[add], parts[sums], &parts[bias], parts[biased]));
  operations.push_back(cudnn_applied(parts[relu], parts[biased], nullptr, parts[y]));
  return {p.dtype, {x, w, bias, y}, std::move(operations), std::move(parts)};
}

}  // namespace breakeven
#endif
