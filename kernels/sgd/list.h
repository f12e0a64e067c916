#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/sgd/problem.h"

namespace breakeven {

/// All CUDA implementations of the update by SGD, in ladder order.
std::span<const CudaImplementation<SgdProblem>> cuda_sgd_list();

}  // namespace breakeven
