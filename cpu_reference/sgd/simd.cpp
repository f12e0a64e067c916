// What changed against naive: all threads, each with a share of the parameters, and the widest
// vectors that the CPU has. Why: it is bound by memory, which one thread cannot keep busy. v and w
// are read anyway, so that stores past the caches would save nothing. Limits: none.

#include "cpu_reference/common/parallel.h"
#include "cpu_reference/common/versions.h"
#include "operations/implementation.h"
#include "operations/sgd/problem.h"

namespace breakeven::cpu_sgd {
namespace {

struct Factors {
  float lr, momentum, decay;
};

BREAKEVEN_ALWAYS_INLINE void update(const float* g, float* v, float* w, std::int64_t n,
                                    Factors factors) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float velocity = factors.momentum * v[i] + (g[i] + factors.decay * w[i]);
    v[i] = velocity;
    w[i] -= factors.lr * velocity;
  }
}

Support supports(const SgdProblem&) { return Support::yes(); }

CpuCall prepare(const SgdProblem& p) {
  const Factors factors{static_cast<float>(p.lr), static_cast<float>(p.momentum),
                        static_cast<float>(p.weight_decay)};
  return {[n = p.n, factors](Tensors tensors) {
    const float* g = tensors[0].as<float>();
    float *v = tensors[1].as<float>(), *w = tensors[2].as<float>();
    constexpr std::int64_t line = 16;  // elements of a cache line
    share_out(n, line, kWorthAThread, [=](std::int64_t begin, std::int64_t end) {
      with_widest_vectors<update>(g + begin, v + begin, w + begin, end - begin, factors);
    });
  }};
}

}  // namespace

CpuImplementation<SgdProblem> simd() { return {"simd", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_sgd
