#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/pool/problem.h"

namespace breakeven {

/// All CPU implementations of pooling and its gradient, in ladder order.
std::span<const CpuImplementation<PoolProblem>> cpu_pool_list();

}  // namespace breakeven
