#include "benchmarks/harness/ceilings/fma_kernels.h"

namespace breakeven {
namespace {

// The bodies are the same but for the vector's width and the target. They cannot share one inlined
// template: the compiler splits a vector to what the template's own target has, before inlining it.

/// Starting values that differ in every element, small and exact.
template <class Vector, int chains>
void start(Vector (&x)[chains]) {
  constexpr int lanes = sizeof(Vector) / sizeof(x[0][0]);
  for (int chain = 0; chain < chains; ++chain) {
    for (int lane = 0; lane < lanes; ++lane) {
      x[chain][lane] = static_cast<decltype(+x[0][0])>(chain * lanes + lane) / 64;
    }
  }
}

template <class Vector, int chains>
double sum(const Vector (&x)[chains]) {
  double total = 0;
  for (const Vector& vector : x) {
    for (unsigned lane = 0; lane < sizeof(Vector) / sizeof(vector[0]); ++lane)
      total += vector[lane];
  }
  return total;
}

/// Enough to keep two units with a latency of up to six cycles busy, and few enough to fit into 16
/// registers beside a and b.
constexpr int kChains = 12;

template <class T>
double portable(long iterations, T a, T b) {
  using Vector [[gnu::vector_size(16)]] = T;
  Vector x[kChains];
  start(x);
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (Vector& chain : x) chain = chain * a + b;
  }
  return sum(x);
}

#if defined(__x86_64__)
template <class T>
[[gnu::target("avx")]] double avx(long iterations, T a, T b) {
  using Vector [[gnu::vector_size(32)]] = T;
  Vector x[kChains];
  start(x);
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (Vector& chain : x) chain = chain * a + b;
  }
  return sum(x);
}

template <class T>
[[gnu::target("avx2,fma")]] double avx2(long iterations, T a, T b) {
  using Vector [[gnu::vector_size(32)]] = T;
  Vector x[kChains];
  start(x);
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (Vector& chain : x) chain = chain * a + b;
  }
  return sum(x);
}

template <class T>
[[gnu::target("avx512f")]] double avx512(long iterations, T a, T b) {
  using Vector [[gnu::vector_size(64)]] = T;
  Vector x[kChains];
  start(x);
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (Vector& chain : x) chain = chain * a + b;
  }
  return sum(x);
}
#endif

}  // namespace

template <class T>
std::vector<FmaKernel<T>> fma_kernels() {
  constexpr int size = sizeof(T);
  std::vector<FmaKernel<T>> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    kernels.push_back({"AVX-512, 512 bits", kChains, 64 / size, avx512<T>});
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels.push_back({"AVX2 and FMA, 256 bits", kChains, 32 / size, avx2<T>});
  } else if (__builtin_cpu_supports("avx")) {
    kernels.push_back({"AVX without FMA, 256 bits", kChains, 32 / size, avx<T>});
  }
#endif
  if (kernels.empty()) kernels.push_back({"baseline, 128 bits", kChains, 16 / size, portable<T>});
  return kernels;
}

template std::vector<FmaKernel<float>> fma_kernels();
template std::vector<FmaKernel<double>> fma_kernels();

}  // namespace breakeven
