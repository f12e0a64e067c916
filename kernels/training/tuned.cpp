// What changed against naive: each operation is done by the last of our own implementations that
// takes it. Why: nothing here but what a reader can follow. Limits: those of the operations.

#include "kernels/training/engine.h"

namespace breakeven::cuda_network {
namespace {

CudaCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::tuned); }

}  // namespace

CudaImplementation<NetworkProblem> tuned() {
  return {"tuned", Rung::tuned, supports_network, prepare};
}

}  // namespace breakeven::cuda_network
