// What changed against implicit_gemm: fewer multiplications. A 2×2 of y takes 16 of them for each
// channel instead of 36, in exchange for additions: 4×4 of x and the 3×3 filter are transformed,
// multiplied point by point and summed over channels as 16 matrix products of the GEMM's register
// tile, and transformed back. Why: where channels are many, products are nearly all of the time.
// Rates count the definition's operations, so they may pass what the machine multiplies. Its
// rounding differs, hence a math mode and a bound of its own (operations/conv/winograd.h). Limits:
// f32, 2D, 3×3 filters without stride, dilation and groups, fprop and dgrad. It takes 16/9 of the
// filters' memory, and where there are few pixels or channels the transforms cost what they save.
// After Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.

#include "operations/conv/winograd.h"

#include "cpu_reference/conv/prepared.h"
#include "cpu_reference/conv/winograd_product.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

CpuCall prepare(const ConvProblem& p) {
  if (has_avx512())
    return prepared<WinogradProduct<cpu_gemm::Avx512Tile<float>, Avx512Winograd>>(p);
  if (has_avx2()) return prepared<WinogradProduct<cpu_gemm::Avx2Tile<float>, Avx2Winograd>>(p);
  return prepared<WinogradProduct<cpu_gemm::PortableTile<float>, PortableWinograd>>(p);
}

}  // namespace

CpuImplementation<ConvProblem> winograd() {
  return {"winograd", Rung::tuned, true, winograd_supports, prepare, winograd_mode};
}

}  // namespace breakeven::cpu_conv
