// oneDNN's convolution primitive with a bias and relu as its post-operation, on the tensors as they
// are: both are applied while a part of y is still in registers or cache. What it rearranges is in
// its time. Limits: f32; bf16, where the CPU has AVX-512.

#include "cpu_reference/conv/onednn_conv.h"
#include "operations/conv_bias_relu/problem.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

Support supports(const ConvBiasReluProblem& p) {
  return cpu_conv::onednn_supports(p.convolution,
                                   cpu_conv::OnednnTensors::with_bias(p.convolution));
}

CpuCall prepare(const ConvBiasReluProblem& p) {
  return cpu_conv::prepare_onednn(p.convolution, cpu_conv::OnednnTensors::with_bias(p.convolution));
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv_bias_relu
