#pragma once

#include <span>

#include "operations/implementation.h"
#include "operations/softmax_cross_entropy/problem.h"

namespace breakeven {

/// All CPU implementations of softmax with cross-entropy, in ladder order.
std::span<const CpuImplementation<SoftmaxCrossEntropyProblem>> cpu_softmax_cross_entropy_list();

}  // namespace breakeven
