#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/pool/problem.h"

namespace breakeven {

/// All CUDA implementations of pooling and its gradient, in ladder order.
std::span<const CudaImplementation<PoolProblem>> cuda_pool_list();

}  // namespace breakeven
