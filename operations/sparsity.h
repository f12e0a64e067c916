#pragma once

#include <cstdint>

#include "operations/tensor.h"

namespace breakeven {

/// Zeroes what the spec's `exact_sparsity` leaves no room for: along its axes all but one of every
/// `one_in` elements, which one being drawn anew each time, the same for the same seed.
void thin_out(const Tensor& tensor, const TensorSpec& spec, std::uint64_t seed);

}  // namespace breakeven
