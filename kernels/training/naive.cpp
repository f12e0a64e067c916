// The definition of each operation, one after the other. What every other engine is compared
// with.
// Limits: none.

#include "kernels/training/engine.h"

namespace breakeven::cuda_network {
namespace {

CudaCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::naive); }

}  // namespace

CudaImplementation<NetworkProblem> naive() {
  return {"naive", Rung::naive, supports_network, prepare};
}

}  // namespace breakeven::cuda_network
