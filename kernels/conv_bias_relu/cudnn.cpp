// cuDNN through its graph API: convolution, bias and relu as one graph, which an engine computes as
// one or in parts, as it likes. The rows are those of conv's cudnn.cpp.
// Limits: f32, bf16, f16; no engines that round otherwise (FFT, Winograd, narrower inputs or sums).

#include "kernels/common/cudnn_choice.h"
#include "operations/conv_bias_relu/problem.h"
#if BREAKEVEN_CUDNN
#include "kernels/conv_bias_relu/cudnn_graph.h"
#endif

namespace breakeven::cuda_conv_bias_relu {
namespace {

template <CudnnChoice choice>
Support supports(const ConvBiasReluProblem& problem) {
  const ConvProblem& p = problem.convolution;
  if (choice.tf32 && p.dtype != Dtype::f32) return only(p, {Dtype::f32});
  if (const Support dtype = only(p, {Dtype::f32, Dtype::bf16, Dtype::f16}); !dtype) return dtype;
  return cudnn_supports(problem, choice);
}

template <CudnnChoice choice>
CudaCall prepare(const ConvBiasReluProblem& p) {
  return prepare_cudnn(p, choice);
}

MathMode tf32_mode(const ConvBiasReluProblem&) { return {.name = "tf32", .input = 0x1p-11}; }

}  // namespace

CudaImplementation<ConvBiasReluProblem> cudnn() {
  return {"cudnn", Rung::library, supports<cudnn_first>, prepare<cudnn_first>};
}

CudaImplementation<ConvBiasReluProblem> cudnn_searched() {
  return {"cudnn_searched", Rung::library, supports<cudnn_fastest>, prepare<cudnn_fastest>};
}

CudaImplementation<ConvBiasReluProblem> cudnn_tf32() {
  return {"cudnn_tf32", Rung::library, supports<cudnn_first_in_tf32>, prepare<cudnn_first_in_tf32>,
          tf32_mode};
}

CudaImplementation<ConvBiasReluProblem> cudnn_tf32_searched() {
  return {"cudnn_tf32_searched", Rung::library, supports<cudnn_fastest_in_tf32>,
          prepare<cudnn_fastest_in_tf32>, tf32_mode};
}

}  // namespace breakeven::cuda_conv_bias_relu
