// What changed against packed: bf16, by instructions that multiply pairs along K and sum in f32
// (AVX-512 BF16: twice f32's rate; AMX, where the CPU has it: 16 times). Why: half the bytes and at
// least twice the arithmetic, at f32's exponents. Panels hold the pairs together; C is rounded to
// bf16 once, after all of K. Limits: bf16; no other SIMD instructions are used, since without these
// f32 is faster; subnormal numbers count as zero, as the instructions have it.

#include "cpu_reference/common/amx.h"
#include "cpu_reference/gemm/amx_tile.h"
#include "cpu_reference/gemm/low_precision_tile.h"
#include "cpu_reference/gemm/packed_gemm.h"

namespace breakeven::cpu_gemm {
namespace {

Support supports(const GemmProblem& p) {
  if (Support dtype = only(p, {Dtype::bf16}); !dtype) return dtype;
  if (!has_avx512_bf16()) return Support::no("this CPU has no AVX-512 BF16");
  return Support::yes();
}

CpuCall prepare([[maybe_unused]] const GemmProblem& problem) {
#if defined(__x86_64__)
  if (has_amx_bf16()) return prepare_packed<AmxBf16Tile>(problem);
  return prepare_packed<Avx512Bf16Tile>(problem);
#else
  return {};
#endif
}

}  // namespace

CpuImplementation<GemmProblem> packed_bf16() {
  return {"packed_bf16", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm
