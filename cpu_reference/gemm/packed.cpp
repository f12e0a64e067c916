// What changed against blocked: blocks of A and B are first copied to panels, in the order in which
// they are then read, and a tile of C is summed in registers. Why: every load of the inner loop is
// then sequential and aligned, feeds many multiply-adds, and comes from a near cache; no address is
// computed and no page is missed. The tile is as large as the registers allow: AVX-512, AVX2 with
// fused multiply-adds, or 128 bits, by what the CPU has. Limits: packing costs O(MK + KN), which is
// not small against O(MNK) where M or N is.

#include <memory>

#include "cpu_reference/gemm/packed_gemm.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

template <class Tile>
CpuCall prepare_tile(const GemmProblem& problem) {
  const auto product = std::make_shared<PackedGemm<Tile>>(problem);
  return {[product](Tensors tensors) { product->run(tensors); }};
}

Support supports(const GemmProblem&) { return Support::yes(); }

CpuCall prepare(const GemmProblem& problem) {
  return with_type(problem.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_tile<Avx512Tile<T>>(problem);
    if (has_avx2()) return prepare_tile<Avx2Tile<T>>(problem);
    return prepare_tile<PortableTile<T>>(problem);
  });
}

}  // namespace

CpuImplementation<GemmProblem> packed() { return {"packed", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_gemm
