#pragma once

#include "kernels/common/cudnn_graph.h"
#include "operations/conv_bias_relu/problem.h"

namespace breakeven {

/// A graph of three operations: the convolution, the bias added to it, and relu of that.
CudnnGraph cudnn_graph_of(const ConvBiasReluProblem& problem);

}  // namespace breakeven
