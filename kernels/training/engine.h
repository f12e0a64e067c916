#pragma once

#include "operations/implementation.h"
#include "operations/training/problem.h"

namespace breakeven::cuda_network {

/// An engine is a plan whose every operation is done by an implementation of its own list: of
/// `rung`, or where that has none for it of the next lower one. Gradients and activations are one
/// allocation each.
CudaCall prepare_engine(const NetworkProblem& problem, Rung rung);

/// Whether each operation of a network has an implementation: in f32 all have, in bf16 that depends
/// on the device.
Support supports_network(const NetworkProblem& problem);

}  // namespace breakeven::cuda_network
