#pragma once

#include <span>

#include "operations/elementwise/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CPU implementations of functions of each element, in ladder order.
std::span<const CpuImplementation<ElementwiseProblem>> cpu_elementwise_list();

}  // namespace breakeven
