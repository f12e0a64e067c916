#pragma once

#include <span>

#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven {

/// All CPU implementations of GEMM in ladder order. A new one is a file and a line in list.cpp.
std::span<const CpuImplementation<GemmProblem>> cpu_gemm_list();

}  // namespace breakeven
