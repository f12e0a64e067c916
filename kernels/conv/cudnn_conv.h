#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/conv/problem.h"
#include "operations/conv/strides.h"

namespace breakeven {

/// A convolution or gradient as a graph of one operation.
CudnnGraph cudnn_graph_of(const ConvProblem& problem);

namespace cuda_conv {

/// Descriptions that every graph with a convolution takes. A tensor has an outer index, channels
/// and axes; its id is its place among the problem's tensors. One that is `inner` lies in no memory
/// and is f32.
CudnnDescriptor cudnn_tensor(const ConvProblem& problem, std::int64_t id, std::int64_t outer,
                             std::int64_t channels, const std::array<std::int64_t, 3>& extents,
                             const ConvStrides& distances, bool inner = false);
CudnnDescriptor cudnn_geometry(const ConvProblem& problem);
/// A finalised operation of the problem's direction on finalised descriptions.
CudnnDescriptor cudnn_convolution(Direction direction, const CudnnDescriptor& x,
                                  const CudnnDescriptor& w, const CudnnDescriptor& y,
                                  const CudnnDescriptor& geometry);

}  // namespace cuda_conv
}  // namespace breakeven
