#pragma once

#include <span>

#include "operations/gemm_epilogue/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of products with an epilogue in ladder order. A new one is a file and a
/// line in list.cpp.
std::span<const CudaImplementation<GemmEpilogueProblem>> cuda_gemm_epilogue_list();

}  // namespace breakeven
