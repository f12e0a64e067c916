#pragma once

#include <cstdint>

#include "operations/conv/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// What is true of that problem's result. Tensors in the order of the direction.
Oracle conv_oracle(const ConvProblem& problem);

/// Element `index` of the result, as it lies in memory, by definition, summed in long double.
Expected conv_element(const ConvProblem& problem, Tensors before, std::int64_t index);

}  // namespace breakeven
