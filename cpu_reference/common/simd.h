#pragma once

/// SIMD beyond what the whole program is compiled for: a function is compiled once more with
/// BREAKEVEN_TARGET_AVX2 (or another of these) and chosen at run time, so that one binary runs on
/// every CPU. Code that versions share is marked BREAKEVEN_ALWAYS_INLINE; it must be scalar: a
/// vector type is split to what the shared function's own target has before it is inlined. (No
/// target_clones: its resolvers run before a sanitizer is ready.)

#define BREAKEVEN_ALWAYS_INLINE __attribute__((always_inline)) inline

#if defined(__x86_64__)
#define BREAKEVEN_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define BREAKEVEN_TARGET_AVX512 __attribute__((target("avx512f,fma")))
#define BREAKEVEN_TARGET_AVX512_BF16 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,fma")))
#define BREAKEVEN_TARGET_AMX_BF16 __attribute__((target("amx-tile,amx-bf16")))
#define BREAKEVEN_TARGET_AVX512_VNNI __attribute__((target("avx512f,avx512vnni,fma")))
#else
#define BREAKEVEN_TARGET_AVX2
#define BREAKEVEN_TARGET_AVX512
#endif

namespace breakeven {

/// Whether this CPU, and its operating system, run functions marked BREAKEVEN_TARGET_AVX2.
inline bool has_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// The same for BREAKEVEN_TARGET_AVX512.
inline bool has_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// The same for BREAKEVEN_TARGET_AVX512_BF16.
inline bool has_avx512_bf16() {
#if defined(__x86_64__)
  return has_avx512() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

/// The same for BREAKEVEN_TARGET_AVX512_VNNI.
inline bool has_avx512_vnni() {
#if defined(__x86_64__)
  return has_avx512() && __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

}  // namespace breakeven
