#pragma once

#include <span>

#include "operations/elementwise/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of functions of each element, in ladder order.
std::span<const CudaImplementation<ElementwiseProblem>> cuda_elementwise_list();

}  // namespace breakeven
