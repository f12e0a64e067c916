#pragma once

#include <span>

#include "operations/conv_bias_relu/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// CPU implementations of a convolution with bias and relu, in ladder order.
std::span<const CpuImplementation<ConvBiasReluProblem>> cpu_conv_bias_relu_list();

}  // namespace breakeven
