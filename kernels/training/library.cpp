// What changed against tuned: products are cuBLAS's and convolutions cuDNN's. Limits: what lies
// between them is tuned's.

#include "kernels/training/engine.h"

namespace breakeven::cuda_network {
namespace {

CudaCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::library); }

}  // namespace

CudaImplementation<NetworkProblem> library() {
  return {"library", Rung::library, supports_network, prepare};
}

}  // namespace breakeven::cuda_network
