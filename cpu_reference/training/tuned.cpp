// What changed against naive: each operation is done by the last of our own implementations that
// takes it. Why: nothing here but what a reader can follow. Limits: those of the operations.

#include "cpu_reference/training/engine.h"

namespace breakeven::cpu_network {
namespace {

Support supports(const NetworkProblem& p) {
  if (p.dtype != Dtype::f32) return Support::no("no own convolution here computes in bf16");
  return Support::yes();
}

CpuCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::tuned); }

}  // namespace

CpuImplementation<NetworkProblem> tuned() {
  return {"tuned", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_network
