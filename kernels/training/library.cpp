// What changed against tuned: products are cuBLAS's, with bias and relu in cuBLASLt's epilogue;
// convolutions are cuDNN's, with bias and relu in one graph, as is what lies between them, where
// its graph API has an engine for it. Limits: the rest is tuned's, such as the gradient of max
// pooling, the loss and the update.

#include "kernels/training/engine.h"

namespace breakeven::cuda_network {
namespace {

CudaCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::library); }

}  // namespace

CudaImplementation<NetworkProblem> library() {
  return {"library", Rung::library, supports_network, prepare};
}

}  // namespace breakeven::cuda_network
