// What changed against library: each operation is done by the implementation that is the fastest in
// a pilot, our own or a library's. Why: no one of them is the fastest everywhere, oneDNN least of
// all where channels are few. Limits: those of the operations; which ones it picked, and so the
// last bits of its results, may differ from one preparation to the next: `plan` tells.

#include "cpu_reference/training/engine.h"

namespace breakeven::cpu_network {
namespace {

Support supports(const NetworkProblem& p) { return supports_products_of(p.dtype); }

}  // namespace

CpuImplementation<NetworkProblem> picked() {
  return {"picked", Rung::library, true, supports, prepare_picked};
}

}  // namespace breakeven::cpu_network
