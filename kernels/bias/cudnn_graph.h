#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/bias/problem.h"

namespace breakeven {

/// An addition as a graph of one operation; the gradient is none that cuDNN is asked for.
CudnnGraph cudnn_graph_of(const BiasProblem& problem);

}  // namespace breakeven
