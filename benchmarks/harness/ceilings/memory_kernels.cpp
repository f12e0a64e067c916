#include "benchmarks/harness/ceilings/memory_kernels.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace breakeven {
namespace {

#if defined(__x86_64__)

void stream_triad(double* a, const double* b, const double* c, double s, std::size_t elements) {
  const __m128d factor = _mm_set1_pd(s);
  std::size_t i = 0;
  for (; i + 2 <= elements; i += 2) {
    const __m128d product = _mm_mul_pd(factor, _mm_loadu_pd(c + i));
    _mm_stream_pd(a + i, _mm_add_pd(_mm_loadu_pd(b + i), product));
  }
  for (; i < elements; ++i) a[i] = b[i] + s * c[i];
  _mm_sfence();
}

void stream_copy(double* b, const double* a, std::size_t elements) {
  std::size_t i = 0;
  for (; i + 2 <= elements; i += 2) _mm_stream_pd(b + i, _mm_loadu_pd(a + i));
  for (; i < elements; ++i) b[i] = a[i];
  _mm_sfence();
}

bool aligned(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % 16 == 0; }

#endif

/// As far as the compiler knows, the words may have changed: the next pass must read them again.
void forget(const std::uint64_t* words) { asm volatile("" : : "r"(words) : "memory"); }

/// Sums with 8 independent vectors. The widths repeat this body for the reason given in
/// fma_kernels.cpp.
std::uint64_t read_baseline(const std::uint64_t* words, std::size_t count, int passes) {
  using Vector [[gnu::vector_size(16)]] = std::uint64_t;
  const auto* vectors = reinterpret_cast<const Vector*>(words);
  Vector sums[8] = {};
  for (int pass = 0; pass < passes; ++pass) {
    forget(words);
    for (std::size_t i = 0; i < count / 2; i += 8) {
#pragma GCC unroll 8
      for (int k = 0; k < 8; ++k) sums[k] += vectors[i + k];
    }
  }
  std::uint64_t total = 0;
  for (const Vector& sum : sums) total += sum[0] + sum[1];
  return total;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] std::uint64_t read_avx2(const std::uint64_t* words, std::size_t count,
                                                int passes) {
  using Vector [[gnu::vector_size(32)]] = std::uint64_t;
  const auto* vectors = reinterpret_cast<const Vector*>(words);
  Vector sums[8] = {};
  for (int pass = 0; pass < passes; ++pass) {
    forget(words);
    for (std::size_t i = 0; i < count / 4; i += 8) {
#pragma GCC unroll 8
      for (int k = 0; k < 8; ++k) sums[k] += vectors[i + k];
    }
  }
  std::uint64_t total = 0;
  for (const Vector& sum : sums) total += sum[0] + sum[1] + sum[2] + sum[3];
  return total;
}

[[gnu::target("avx512f")]] std::uint64_t read_avx512(const std::uint64_t* words, std::size_t count,
                                                     int passes) {
  using Vector [[gnu::vector_size(64)]] = std::uint64_t;
  const auto* vectors = reinterpret_cast<const Vector*>(words);
  Vector sums[8] = {};
  for (int pass = 0; pass < passes; ++pass) {
    forget(words);
    for (std::size_t i = 0; i < count / 8; i += 8) {
#pragma GCC unroll 8
      for (int k = 0; k < 8; ++k) sums[k] += vectors[i + k];
    }
  }
  std::uint64_t total = 0;
  for (const Vector& sum : sums) {
    for (int lane = 0; lane < 8; ++lane) total += sum[lane];
  }
  return total;
}
#endif

using Read = std::uint64_t (*)(const std::uint64_t*, std::size_t, int);

Read widest_read() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return read_avx512;
  if (__builtin_cpu_supports("avx2")) return read_avx2;
#endif
  return read_baseline;
}

}  // namespace

void triad(double* a, const double* b, const double* c, double s, std::size_t elements,
           Store store) {
#if defined(__x86_64__)
  if (store == Store::streaming && aligned(a)) return stream_triad(a, b, c, s, elements);
#endif
  (void)store;
  for (std::size_t i = 0; i < elements; ++i) a[i] = b[i] + s * c[i];
}

void copy(double* b, const double* a, std::size_t elements, Store store) {
#if defined(__x86_64__)
  if (store == Store::streaming && aligned(b)) return stream_copy(b, a, elements);
#endif
  (void)store;
  std::memcpy(b, a, elements * sizeof(double));
}

std::uint64_t read_words(const std::uint64_t* words, std::size_t count, int passes) {
  static const Read read = widest_read();
  return read(words, count, passes);
}

}  // namespace breakeven
