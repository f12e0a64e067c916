#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/training/problem.h"

namespace breakeven {

/// All CUDA engines of networks, in ladder order.
std::span<const CudaImplementation<NetworkProblem>> cuda_network_list();

}  // namespace breakeven
