#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/bias/problem.h"

namespace breakeven {

/// An addition, or a sum, as a graph of one operation.
CudnnGraph cudnn_graph_of(const BiasProblem& problem);

}  // namespace breakeven
