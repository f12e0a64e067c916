#pragma once

#include "operations/batch_norm/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// What is true of that problem's outputs, each channel summed up in long double.
Oracle batch_norm_oracle(const BatchNormProblem& problem);

}  // namespace breakeven
