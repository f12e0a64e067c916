#pragma once

#include <cstdint>

#include "operations/gemm/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// What is true of that problem's C. Tensors in the order A, B, C.
Oracle gemm_oracle(const GemmProblem& problem);

/// Element `index` of C (batch, M, N) by definition, summed in long double; alpha and beta rounded
/// to the dtype, as every implementation takes them.
Expected gemm_element(const GemmProblem& problem, Tensors before, std::int64_t index);

}  // namespace breakeven
