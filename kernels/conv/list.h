#pragma once

#include <span>

#include "operations/conv/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of convolution in ladder order. A new one is a file and a line in
/// list.cpp.
std::span<const CudaImplementation<ConvProblem>> cuda_conv_list();

}  // namespace breakeven
