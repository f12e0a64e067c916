#pragma once

#include <span>

#include "operations/bias/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CPU implementations of a bias and its gradient, in ladder order.
std::span<const CpuImplementation<BiasProblem>> cpu_bias_list();

}  // namespace breakeven
