// What changed against packed: nothing is packed. Why: with few rows or columns of C an element of
// the large matrix takes part in few multiply-adds, and what costs is reading it from memory. It is
// read once, in the order of memory, and multiplied with the whole small matrix while it is in the
// nearest cache. The limit is the memory's bandwidth. Limits: f32 and f64, M or N up to 16.

#include <algorithm>
#include <memory>

#include "cpu_reference/gemm/skinny_gemm.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {
namespace {

Support supports(const GemmProblem& p) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  if (std::min(p.m, p.n) > kMostLines) return Support::no("neither M nor N is 16 or less");
  return Support::yes();
}

template <class Kernels, class T>
CpuCall prepare_kernels(const GemmProblem& problem) {
  const auto product = std::make_shared<SkinnyGemm<Kernels, T>>(problem);
  return {[product](Tensors tensors) { product->run(tensors); }};
}

CpuCall prepare(const GemmProblem& problem) {
  return with_f32_or_f64(problem.dtype, [&]<class T>(T) {
    if (has_avx512()) return prepare_kernels<Avx512Skinny<T>, T>(problem);
    if (has_avx2()) return prepare_kernels<Avx2Skinny<T>, T>(problem);
    return prepare_kernels<PortableSkinny<T>, T>(problem);
  });
}

}  // namespace

CpuImplementation<GemmProblem> skinny() { return {"skinny", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_gemm
