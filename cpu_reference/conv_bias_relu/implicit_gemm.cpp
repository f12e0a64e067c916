// conv's implicit_gemm with an epilogue: what a panel of filters and one of pixels gave gets its
// bias and is held against zero as soon as its sums are complete. Why: the panel is still in the
// cache, and y is not read once more from memory. Limits: f32 and f64.

#include "cpu_reference/conv/implicit_product.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/conv_bias_relu/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

using cpu_conv::BiasRelu, cpu_conv::ImplicitProduct;

Support supports(const ConvBiasReluProblem& problem) {
  return only(problem.convolution, {Dtype::f32, Dtype::f64});
}

template <class Tile>
CpuCall prepare_tile(const ConvProblem& p) {
  return p.channels == ChannelOrder::last
             ? cpu_conv::prepared<ImplicitProduct<Tile, ChannelOrder::last, BiasRelu>>(p)
             : cpu_conv::prepared<ImplicitProduct<Tile, ChannelOrder::first, BiasRelu>>(p);
}

CpuCall prepare(const ConvBiasReluProblem& problem) {
  const ConvProblem& p = problem.convolution;
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_tile<cpu_gemm::Avx512Tile<T>>(p);
    if (has_avx2()) return prepare_tile<cpu_gemm::Avx2Tile<T>>(p);
    return prepare_tile<cpu_gemm::PortableTile<T>>(p);
  });
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> implicit_gemm() {
  return {"implicit_gemm", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv_bias_relu
