#pragma once

#include <cstdint>
#include <span>

#include "operations/training/plan.h"

namespace breakeven {

/// Fills the store of a plan's parameters as PyTorch's layers begin: weights and biases of
/// convolutions and linear layers uniformly in ±1/√(terms of an output), batch norm's weights 1 and
/// biases 0. What lies between parameters becomes 0. The same for the same seed on every machine.
void fill_parameters(const Plan& plan, std::uint64_t seed, std::span<float> parameters);

/// Fills the store of running statistics: means 0 and variances 1.
void fill_statistics(const Plan& plan, std::span<float> statistics);

}  // namespace breakeven
