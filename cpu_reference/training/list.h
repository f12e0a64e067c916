#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/training/problem.h"

namespace breakeven {

/// All CPU engines of networks, in ladder order.
std::span<const CpuImplementation<NetworkProblem>> cpu_network_list();

}  // namespace breakeven
