// oneDNN's convolution primitives on the tensors as they are. What it rearranges is in its time.
// Limits: f32; bf16, where the CPU has AVX-512. Its f16 does not exist on a CPU.

#include <memory>

#include "cpu_reference/conv/onednn_conv.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

CpuCall prepare(const ConvProblem& p) {
  const auto conv = std::make_shared<OnednnConv>(p, OnednnTensors(p));
  return {
      .run =
          [conv](Tensors tensors) { conv->run(tensors[0].data, tensors[1].data, tensors[2].data); },
      .plan = conv->plan(),
      .workspace_bytes = conv->scratchpad_bytes()};
}

}  // namespace

CpuImplementation<ConvProblem> onednn() {
  return {"onednn", Rung::library, true, onednn_supports, prepare};
}

}  // namespace breakeven::cpu_conv
