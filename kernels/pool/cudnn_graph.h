#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/pool/problem.h"

namespace breakeven {

/// A pooling, or the gradient of an average, as a graph of one operation.
CudnnGraph cudnn_graph_of(const PoolProblem& problem);

}  // namespace breakeven
