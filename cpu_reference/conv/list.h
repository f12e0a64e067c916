#pragma once

#include <span>

#include "operations/conv/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CPU implementations of convolution and its gradients, in ladder order.
std::span<const CpuImplementation<ConvProblem>> cpu_conv_list();

}  // namespace breakeven
