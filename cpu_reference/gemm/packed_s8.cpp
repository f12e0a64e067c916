// What changed against packed: bytes, by AVX-512 VNNI's vpdpbusd, which multiplies groups of four
// along K and sums in s32: four times f32's rate, and exact. It wants unsigned bytes on one side: A
// is packed with 128 added, and what that adds to the sums is subtracted in the end. Limits: s8;
// without VNNI, no.

#include "cpu_reference/gemm/low_precision_tile.h"
#include "cpu_reference/gemm/packed_gemm.h"

namespace breakeven::cpu_gemm {
namespace {

Support supports(const GemmProblem& p) {
  if (Support dtype = only(p, {Dtype::s8}); !dtype) return dtype;
  if (!has_avx512_vnni()) return Support::no("this CPU has no AVX-512 VNNI");
  return Support::yes();
}

CpuCall prepare([[maybe_unused]] const GemmProblem& problem) {
#if defined(__x86_64__)
  return prepare_packed<Avx512VnniTile>(problem);
#else
  return {};
#endif
}

}  // namespace

CpuImplementation<GemmProblem> packed_s8() {
  return {"packed_s8", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm
