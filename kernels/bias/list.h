#pragma once

#include <span>

#include "operations/bias/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of a bias and its gradient, in ladder order.
std::span<const CudaImplementation<BiasProblem>> cuda_bias_list();

}  // namespace breakeven
