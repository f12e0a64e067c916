#pragma once

#include <span>

#include "operations/conv_bias_relu/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of a convolution with bias and relu, in ladder order.
std::span<const CudaImplementation<ConvBiasReluProblem>> cuda_conv_bias_relu_list();

}  // namespace breakeven
