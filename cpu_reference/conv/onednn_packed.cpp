// What changed against onednn: all three tensors are in the layouts that oneDNN chooses (channels
// in blocks of a vector), brought there and back outside the time of a call, as between the layers
// of a network that stays in them. Why: its fastest kernels read vectors of channels. Limits: f32
// and bf16 (with AVX-512); worth it only where neighbouring operations keep those layouts, too.

#include "cpu_reference/conv/onednn_packed.h"

namespace breakeven::cpu_conv {
namespace {

Support supports(const ConvProblem& p) { return onednn_supports(p, OnednnTensors(p)); }

CpuCall prepare(const ConvProblem& p) { return prepare_onednn_packed(p, OnednnTensors(p)); }

}  // namespace

CpuImplementation<ConvProblem> onednn_packed() {
  return {"onednn_packed", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv
