#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/sgd/problem.h"

namespace breakeven {

/// All CPU implementations of the update by SGD, in ladder order.
std::span<const CpuImplementation<SgdProblem>> cpu_sgd_list();

}  // namespace breakeven
