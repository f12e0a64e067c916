#pragma once

#include <span>

#include "operations/batch_norm/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of batch normalisation and its gradient, in ladder order.
std::span<const CudaImplementation<BatchNormProblem>> cuda_batch_norm_list();

}  // namespace breakeven
