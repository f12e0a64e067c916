#pragma once

#include <span>

#include "operations/batch_norm/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CPU implementations of batch normalisation and its gradient, in ladder order.
std::span<const CpuImplementation<BatchNormProblem>> cpu_batch_norm_list();

}  // namespace breakeven
