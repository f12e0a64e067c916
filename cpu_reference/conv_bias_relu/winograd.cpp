// conv's winograd with an epilogue: bias and relu come between the transform back and the store.
// Limits: conv's, for fprop: f32, 2D, 3×3 filters without stride, dilation and groups.

#include "operations/conv/winograd.h"

#include "cpu_reference/conv/prepared.h"
#include "cpu_reference/conv/winograd_product.h"
#include "operations/conv_bias_relu/problem.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

Support supports(const ConvBiasReluProblem& problem) {
  return cpu_conv::winograd_supports(problem.convolution);
}

CpuCall prepare(const ConvBiasReluProblem& problem) {
  using namespace cpu_conv;
  const ConvProblem& p = problem.convolution;
  if (has_avx512()) {
    return prepared<WinogradProduct<cpu_gemm::Avx512Tile<float>, Avx512Winograd, BiasRelu>>(p);
  }
  if (has_avx2()) {
    return prepared<WinogradProduct<cpu_gemm::Avx2Tile<float>, Avx2Winograd, BiasRelu>>(p);
  }
  return prepared<WinogradProduct<cpu_gemm::PortableTile<float>, PortableWinograd, BiasRelu>>(p);
}

MathMode math_mode(const ConvBiasReluProblem& problem) {
  return winograd_mode(problem.convolution);
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> winograd() {
  return {"winograd", Rung::tuned, true, supports, prepare, math_mode};
}

}  // namespace breakeven::cpu_conv_bias_relu
