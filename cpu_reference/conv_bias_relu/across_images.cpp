// conv's across_images with an epilogue: rows of a channel get their bias and are held against zero
// before they are brought back to their images. Limits: those of conv's.

#include "cpu_reference/conv/lane_product.h"
#include "cpu_reference/conv/lane_support.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/conv_bias_relu/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv_bias_relu {
namespace {

using namespace cpu_conv;

Support supports(const ConvBiasReluProblem& problem) { return supports_lanes(problem.convolution); }

CpuCall prepare(const ConvBiasReluProblem& problem) {
  const ConvProblem& p = problem.convolution;
  if (has_avx512()) return prepared<LaneProduct<Avx512Lanes, BiasRelu>>(p);
  if (has_avx2()) return prepared<LaneProduct<Avx2Lanes, BiasRelu>>(p);
  return prepared<LaneProduct<PortableLanes, BiasRelu>>(p);
}

}  // namespace

CpuImplementation<ConvBiasReluProblem> across_images() {
  return {"across_images", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv_bias_relu
