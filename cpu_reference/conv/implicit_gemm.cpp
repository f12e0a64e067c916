// What changed against im2col: the matrix of gathered pixels is never written down. Blocks of it
// are gathered straight into the panels that the product packs anyway, small enough to stay in a
// core's cache, and multiplied there by GEMM's register tile. Why: im2col writes each pixel as
// often as the filter has taps and reads it again, which is bound by memory where channels are few;
// and its matrix is many times as large as the tensors. Backward data gathers for each residue by
// the stride on its own, so that no tap is multiplied that meets nothing. Limits: f32 and f64.

#include "cpu_reference/conv/implicit_product.h"
#include "cpu_reference/conv/implicit_wgrad.h"
#include "cpu_reference/conv/prepared.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

Support supports(const ConvProblem& p) { return only(p, {Dtype::f32, Dtype::f64}); }

template <class Tile>
CpuCall prepare_tile(const ConvProblem& p) {
  const bool last = p.channels == ChannelOrder::last;
  if (p.direction == Direction::wgrad) {
    return last ? prepared<ImplicitWgrad<Tile, ChannelOrder::last>>(p)
                : prepared<ImplicitWgrad<Tile, ChannelOrder::first>>(p);
  }
  return last ? prepared<ImplicitProduct<Tile, ChannelOrder::last>>(p)
              : prepared<ImplicitProduct<Tile, ChannelOrder::first>>(p);
}

CpuCall prepare(const ConvProblem& p) {
  return with_f32_or_f64(p.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_tile<cpu_gemm::Avx512Tile<T>>(p);
    if (has_avx2()) return prepare_tile<cpu_gemm::Avx2Tile<T>>(p);
    return prepare_tile<cpu_gemm::PortableTile<T>>(p);
  });
}

}  // namespace

CpuImplementation<ConvProblem> implicit_gemm() {
  return {"implicit_gemm", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv
