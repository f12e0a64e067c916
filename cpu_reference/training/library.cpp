// What changed against tuned: oneDNN and OpenBLAS do what they can; the loss, batch norm's and
// max pooling's gradients and the update, for which they have nothing, are tuned's. Limits: weights
// stay in plain layouts: packing them anew after each update would take longer than it saves.

#include "cpu_reference/training/engine.h"

namespace breakeven::cpu_network {
namespace {

Support supports(const NetworkProblem& p) { return supports_products_of(p.dtype); }

CpuCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::library); }

}  // namespace

CpuImplementation<NetworkProblem> library() {
  return {"library", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_network
