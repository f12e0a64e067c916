#pragma once

#include "operations/training/plan.h"

namespace breakeven {

/// The same plan with the products of linear layers and convolutions in `dtype` (f32: as it is):
/// their operands are narrowed, each once, and their results widened; all else, the parameters
/// among it, stays in f32 (mixed precision with f32 master weights: Micikevicius et al. 2018,
/// arXiv:1710.03740; as PyTorch's autocast rounds). Lays out activations anew. The plan must not be
/// fused.
Plan with_products_in(Dtype dtype, Plan plan);

}  // namespace breakeven
