// What changed against tuned: products are cuBLAS's and convolutions cuDNN's. Limits: what lies
// between them is tuned's.

#include "kernels/training/engine.h"

namespace breakeven::cuda_network {
namespace {

Support supports(const NetworkProblem&) { return Support::yes(); }

CudaCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::library); }

}  // namespace

CudaImplementation<NetworkProblem> library() {
  return {"library", Rung::library, supports, prepare};
}

}  // namespace breakeven::cuda_network
