#pragma once

#include "operations/implementation.h"
#include "operations/training/problem.h"

namespace breakeven::cpu_network {

/// An engine is a plan whose every operation is done by an implementation of its own list: of
/// `rung`, or where that has none for it of the next lower one. Gradients and activations are one
/// allocation each.
CpuCall prepare_engine(const NetworkProblem& problem, Rung rung);

/// Whether oneDNN has products of that dtype on this CPU.
Support supports_products_of(Dtype dtype);

/// The same, each operation by the fastest of all in a pilot; see pilot.h.
CpuCall prepare_picked(const NetworkProblem& problem);

}  // namespace breakeven::cpu_network
