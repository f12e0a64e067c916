#pragma once

#include <span>

#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of GEMM in ladder order. A new one is a file and a line in list.cpp.
std::span<const CudaImplementation<GemmProblem>> cuda_gemm_list();

}  // namespace breakeven
