// What changed against onednn: x, w and y are in the layouts that oneDNN chooses, brought there and
// back outside the time of a call, as conv's onednn_packed does. Limits: f32; bf16, where the CPU
// has AVX-512.

#include "cpu_reference/conv/onednn_packed.h"

#include "operations/conv_bias_relu/problem.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

Support supports(const ConvBiasReluProblem& p) {
  return cpu_conv::onednn_supports(p.convolution,
                                   cpu_conv::OnednnTensors::with_bias(p.convolution));
}

CpuCall prepare(const ConvBiasReluProblem& p) {
  return cpu_conv::prepare_onednn_packed(p.convolution,
                                         cpu_conv::OnednnTensors::with_bias(p.convolution));
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> onednn_packed() {
  return {"onednn_packed", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv_bias_relu
