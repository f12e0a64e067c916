// What changed against blocked: blocks of A and B are first copied to panels, in the order in which
// they are then read, and a tile of C is summed in registers. Why: every load of the inner loop is
// then sequential and aligned, feeds many multiply-adds, and comes from a near cache; no address is
// computed and no page is missed. The tile is as large as the registers allow: AVX-512, AVX2 with
// fused multiply-adds, or 128 bits, by what the CPU has. Limits: packing costs O(MK + KN), which is
// not small against O(MNK) where M or N is.

#include "cpu_reference/gemm/packed_gemm.h"

namespace breakeven::cpu_gemm {
namespace {

Support supports(const GemmProblem& p) { return only(p, {Dtype::f32, Dtype::f64}); }

CpuCall prepare(const GemmProblem& problem) {
  return with_f32_or_f64(problem.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_packed<Avx512Tile<T>>(problem);
    if (has_avx2()) return prepare_packed<Avx2Tile<T>>(problem);
    return prepare_packed<PortableTile<T>>(problem);
  });
}

}  // namespace

CpuImplementation<GemmProblem> packed() { return {"packed", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_gemm
