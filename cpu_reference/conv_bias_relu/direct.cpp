// conv's direct with an epilogue: a few channels of a block get their bias and are held against
// zero while they are in the first-level cache. Limits: f32 and f64, channels first.

#include "cpu_reference/conv/lines.h"
#include "cpu_reference/conv/plane_product.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/conv_bias_relu/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

using namespace cpu_conv;

Support supports(const ConvBiasReluProblem& problem) {
  if (problem.convolution.channels == ChannelOrder::last) {
    return Support::no("takes channels first only");
  }
  return only(problem.convolution, {Dtype::f32, Dtype::f64});
}

CpuCall prepare(const ConvBiasReluProblem& problem) {
  const ConvProblem& p = problem.convolution;
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepared<PlaneProduct<Avx512Lines<T>, BiasRelu>>(p);
    if (has_avx2()) return prepared<PlaneProduct<Avx2Lines<T>, BiasRelu>>(p);
    return prepared<PlaneProduct<PortableLines<T>, BiasRelu>>(p);
  });
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> direct() {
  return {"direct", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv_bias_relu
