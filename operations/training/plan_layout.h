#pragma once

#include "operations/training/plan.h"

namespace breakeven {

/// Gives each value that has a place of its own its offset, one after the other, parameters,
/// gradients and statistics each on a cache line; and the plan the elements of these stores.
void lay_out_stores(Plan& plan);

/// Gives activations their offsets: they share memory where they do not live at the same time.
void lay_out_activations(Plan& plan);

}  // namespace breakeven
