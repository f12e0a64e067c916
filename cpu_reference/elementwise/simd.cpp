// What changed against naive: all threads, each with a share of the elements; the widest vectors
// that the CPU has; and, where the tensors are larger than the last cache, stores past the caches.
// Why: it is bound by memory, which one thread cannot keep busy, and of which a plain store reads
// what it is about to overwrite. Limits: f32, and
// between f32 and bf16 (through the caches).

#include "cpu_reference/common/caches.h"
#include "cpu_reference/common/parallel.h"
#include "cpu_reference/common/stream_out.h"
#include "cpu_reference/common/versions.h"
#include "operations/elementwise/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_elementwise {
namespace {

BREAKEVEN_ALWAYS_INLINE void relu(const float* x, const float*, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] < 0 ? 0 : x[i];
}

BREAKEVEN_ALWAYS_INLINE void relu_backward(const float* dy, const float* y, float* dx,
                                           std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) dx[i] = y[i] > 0 ? dy[i] : 0;
}

BREAKEVEN_ALWAYS_INLINE void add(const float* a, const float* b, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = a[i] + b[i];
}

/// To the nearest, of two the even one; what is no number stays none.
BREAKEVEN_ALWAYS_INLINE void narrow(const std::uint32_t* x, std::uint16_t* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint32_t bits = x[i], magnitude = bits & 0x7fffffffU;
    const std::uint32_t rounded = (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;
    const std::uint32_t quiet = bits >> 16 | 0x40U;
    y[i] = static_cast<std::uint16_t>(magnitude > 0x7f800000U ? quiet : rounded);
  }
}

BREAKEVEN_ALWAYS_INLINE void widen(const std::uint16_t* x, std::uint32_t* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = std::uint32_t{x[i]} << 16;
}

/// Between elements that are bits of numbers.
template <auto loop, class From, class To>
void convert(std::int64_t n, Tensors tensors) {
  constexpr std::int64_t line = 32;  // elements of a cache line of the narrow ones
  const From* x = tensors[0].as<From>();
  To* y = tensors[1].as<To>();
  share_out(n, line, kWorthAThread, [=](std::int64_t begin, std::int64_t end) {
    with_widest_vectors<loop>(x + begin, y + begin, end - begin);
  });
}

/// `second` may be any tensor where the function has one argument.
template <auto loop>
void compute(const float* first, const float* second, float* y, std::int64_t n, bool past_caches) {
  constexpr std::int64_t line = 16, piece = 2048;  // elements of a cache line; of a buffer
  share_out(n, line, kWorthAThread, [=](std::int64_t begin, std::int64_t end) {
    if (!past_caches || reinterpret_cast<std::uintptr_t>(y) % 16 != 0) {
      return with_widest_vectors<loop>(first + begin, second + begin, y + begin, end - begin);
    }
    alignas(64) float buffer[piece];
    for (std::int64_t i = begin; i < end; i += piece) {
      const std::int64_t count = std::min(piece, end - i);
      with_widest_vectors<loop>(first + i, second + i, +buffer, count);
      stream_out(buffer, y + i, count);
    }
    finish_streaming();
  });
}

Support supports(const ElementwiseProblem& p) {
  const bool converts = p.input_dtype() != p.output_dtype();
  return p.dtype == Dtype::f32 || converts ? Support::yes() : Support::no("computes f32 only");
}

CpuCall prepare(const ElementwiseProblem& p) {
  const bool past_caches = p.least_bytes() > static_cast<double>(caches().l3);
  const auto output = static_cast<std::size_t>(p.inputs());
  return {[function = p.function, n = p.n, output, past_caches](Tensors tensors) {
    const float *first = tensors[0].as<float>(), *second = tensors[output - 1].as<float>();
    float* y = tensors[output].as<float>();
    switch (function) {
      case Elementwise::relu:
        return compute<relu>(first, second, y, n, past_caches);
      case Elementwise::relu_backward:
        return compute<relu_backward>(first, second, y, n, past_caches);
      case Elementwise::add:
        return compute<add>(first, second, y, n, past_caches);
      case Elementwise::narrow:
        return convert<narrow, std::uint32_t, std::uint16_t>(n, tensors);
      case Elementwise::widen:
        return convert<widen, std::uint16_t, std::uint32_t>(n, tensors);
    }
  }};
}

}  // namespace

CpuImplementation<ElementwiseProblem> simd() {
  return {"simd", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_elementwise
