#pragma once

#include <span>

#include "operations/gemm_bias_gelu/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CUDA implementations of gemm_bias_gelu in ladder order. A new one is a file and a line in
/// list.cpp.
std::span<const CudaImplementation<GemmBiasGeluProblem>> cuda_gemm_bias_gelu_list();

}  // namespace breakeven
