// The definition of each operation, one after the other, one thread. What every other engine is
// compared with.
// Limits: none.

#include "cpu_reference/training/engine.h"

namespace breakeven::cpu_network {
namespace {

Support supports(const NetworkProblem&) { return Support::yes(); }

CpuCall prepare(const NetworkProblem& p) { return prepare_engine(p, Rung::naive); }

}  // namespace

CpuImplementation<NetworkProblem> naive() {
  return {"naive", Rung::naive, false, supports, prepare};
}

}  // namespace breakeven::cpu_network
