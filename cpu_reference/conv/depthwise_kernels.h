#pragma once

#include <cstdint>

#include "cpu_reference/common/simd.h"

/// Inner loops of a depthwise convolution with channels last: vectors run along channels, each of
/// which has filters of its own.
namespace breakeven::cpu_conv {

/// Neighbouring pixels, all of whose taps meet something. Channel c of pixel p:
///
///   add_pixels:  out(p, c) += Σ x[i](p, c)·w[i](c) over taps i
///   add_weights: w[i](c) += Σ x[i](p, c)·out(p, c) over pixels p
///
/// In w channels are neighbours. In x and out they are m apart where each channel of the narrower
/// of the two tensors has m in the other.
template <class T, class W, class Out>
struct DepthwisePixels {
  std::int64_t pixels, channels, taps;
  const T* const* x;  // (taps)
  std::int64_t x_pixel, x_channel;
  W* const* w;  // (taps)
  Out* out;
  std::int64_t out_pixel, out_channel;
};
template <class T>
using DepthwiseSums = DepthwisePixels<T, const T, T>;
template <class T>
using DepthwiseWeights = DepthwisePixels<T, T, const T>;

template <int J, class T>
BREAKEVEN_ALWAYS_INLINE void add_taps(const DepthwiseSums<T>& b, std::int64_t pixel,
                                      std::int64_t tap, std::int64_t x_channel,
                                      std::int64_t out_channel) {
  const T *x[J], *w[J];
  for (int j = 0; j < J; ++j) {
    x[j] = b.x[tap + j] + pixel * b.x_pixel;
    w[j] = b.w[tap + j];
  }
  T* out = b.out + pixel * b.out_pixel;
#pragma omp simd
  for (std::int64_t c = 0; c < b.channels; ++c) {
    T sum = out[c * out_channel];
#pragma GCC unroll 3
    for (int j = 0; j < J; ++j) sum += x[j][c * x_channel] * w[j][c];
    out[c * out_channel] = sum;
  }
}

template <int J, class T>
BREAKEVEN_ALWAYS_INLINE void add_taps(const DepthwiseWeights<T>& b, std::int64_t pixel,
                                      std::int64_t tap, std::int64_t x_channel,
                                      std::int64_t out_channel) {
  const T* x[J];
  T* w[J];
  for (int j = 0; j < J; ++j) {
    x[j] = b.x[tap + j] + pixel * b.x_pixel;
    w[j] = b.w[tap + j];
  }
  const T* out = b.out + pixel * b.out_pixel;
#pragma omp simd
  for (std::int64_t c = 0; c < b.channels; ++c) {
    const T factor = out[c * out_channel];
#pragma GCC unroll 3
    for (int j = 0; j < J; ++j) w[j][c] += x[j][c * x_channel] * factor;
  }
}

/// Three taps in one pass: more would not leave a register for each address.
template <class Block>
BREAKEVEN_ALWAYS_INLINE void add_all_taps(const Block& b, std::int64_t x_channel,
                                          std::int64_t out_channel) {
  for (std::int64_t pixel = 0; pixel < b.pixels; ++pixel) {
    std::int64_t tap = 0;
    for (; tap + 3 <= b.taps; tap += 3) add_taps<3>(b, pixel, tap, x_channel, out_channel);
    for (; tap < b.taps; ++tap) add_taps<1>(b, pixel, tap, x_channel, out_channel);
  }
}

template <class Block>
BREAKEVEN_ALWAYS_INLINE void add_all_pixels(const Block& b) {
  // The same with what is known at compile time said.
  if (b.x_channel == 1 && b.out_channel == 1) {
    add_all_taps(b, 1, 1);
  } else {
    add_all_taps(b, b.x_channel, b.out_channel);
  }
}

/// 128-bit vectors: SSE2, NEON.
template <class Element>
struct PortableDepthwise {
  using T = Element;
  static void add_pixels(const DepthwiseSums<T>& b) { add_all_pixels(b); }
  static void add_weights(const DepthwiseWeights<T>& b) { add_all_pixels(b); }
};

/// 256-bit vectors with fused multiply-adds.
template <class Element>
struct Avx2Depthwise {
  using T = Element;
  BREAKEVEN_TARGET_AVX2 static void add_pixels(const DepthwiseSums<T>& b) { add_all_pixels(b); }
  BREAKEVEN_TARGET_AVX2 static void add_weights(const DepthwiseWeights<T>& b) { add_all_pixels(b); }
};

/// 512-bit vectors.
template <class Element>
struct Avx512Depthwise {
  using T = Element;
  BREAKEVEN_TARGET_AVX512 static void add_pixels(const DepthwiseSums<T>& b) { add_all_pixels(b); }
  BREAKEVEN_TARGET_AVX512 static void add_weights(const DepthwiseWeights<T>& b) {
    add_all_pixels(b);
  }
};

}  // namespace breakeven::cpu_conv
