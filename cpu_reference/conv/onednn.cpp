// oneDNN's convolution primitives on the tensors as they are. What it rearranges is in its time.
// Limits: f32; bf16, where the CPU has AVX-512. Its f16 does not exist on a CPU.

#include "cpu_reference/conv/onednn_conv.h"

namespace breakeven::cpu_conv {
namespace {

Support supports(const ConvProblem& p) { return onednn_supports(p, OnednnTensors(p)); }

CpuCall prepare(const ConvProblem& p) { return prepare_onednn(p, OnednnTensors(p)); }

}  // namespace

CpuImplementation<ConvProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv
