#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/elementwise/problem.h"

namespace breakeven {

/// A function of elements as a graph of one operation.
CudnnGraph cudnn_graph_of(const ElementwiseProblem& problem);

}  // namespace breakeven
