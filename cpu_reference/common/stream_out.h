#pragma once

#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace breakeven {

/// Copies to memory past the caches: a plain store first reads the cache line that it changes,
/// which makes three transfers of a copy's two. Worth it for what is larger than the last cache.
/// `to` must begin at a multiple of 16 bytes; all that was streamed is visible after
/// `finish_streaming`.
inline void stream_out(const float* from, float* to, std::int64_t count) {
#if defined(__x86_64__)
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4) _mm_stream_ps(to + i, _mm_loadu_ps(from + i));
  for (; i < count; ++i) to[i] = from[i];
#else
  std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
#endif
}

inline void finish_streaming() {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

}  // namespace breakeven
