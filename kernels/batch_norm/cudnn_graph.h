#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/batch_norm/problem.h"

namespace breakeven {

/// cuDNN keeps 1/√(var + eps) of a batch and not the variance: it is the tensor behind the
/// problem's.
constexpr std::int64_t cudnn_inverse_deviation = 8;

/// Training and backward as the one operation that cuDNN has for them, without running statistics,
/// whose variance cuDNN does not define; evaluation as a graph of functions of elements.
CudnnGraph cudnn_graph_of(const BatchNormProblem& problem);

}  // namespace breakeven
