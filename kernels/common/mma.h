#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <type_traits>

#include "kernels/common/place_argument.h"
#include "operations/small_float.h"
#ifdef BREAKEVEN_ON_HOST
#include "kernels/host/matrix.h"
#endif

namespace breakeven {

/// What products of T are summed in by the tensor cores.
template <class T>
using MmaSum = std::conditional_t<std::is_same_v<T, std::int8_t>, std::int32_t, float>;

/// mma.sync with 32 bytes of K (PTX ISA, "Matrix fragments for mma.m16n8k16", "…m16n8k8" and
/// "…m16n8k32"): a warp adds A (16, K) · B (K, 8) to sums (16, 8). T is Bf16 or F16 (K = 16), float
/// as tf32 (K = 8; round by round_to_tf32), or int8_t (K = 32). Each lane holds, with g = lane / 4
/// and t = lane % 4, words of 32 bits that lie side by side along K:
///   a[i]:    row g + 8·(i % 2), word t + 4·(i / 2)
///   b[i]:    column g, word t + 4·i
///   sums[i]: row g + 8·(i / 2), column 2·t + i % 2
/// Architecture 80 and up; below, `supports` says no (needs_architecture in device.h).
template <class T>
__device__ inline void mma(MmaSum<T> (&sums)[4], const std::uint32_t (&a)[4],
                           const std::uint32_t (&b)[2] BREAKEVEN_PLACE) {
#ifdef BREAKEVEN_ON_HOST
  host::mma<T>({sums, a, b}, place);
#elif __CUDA_ARCH__ >= 800
  if constexpr (std::is_same_v<T, Bf16>) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  } else if constexpr (std::is_same_v<T, F16>) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  } else if constexpr (std::is_same_v<T, float>) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  } else {
    static_assert(std::is_same_v<T, std::int8_t>, "T is Bf16, F16, float or int8_t");
    asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
#else
  __trap();
#endif
}

/// M × N of them: the operands a[m] and b[n] add to sums[m][n]. On the host the lanes meet once for
/// all, which is what makes kernels fast enough to be executed there.
template <class T, int M, int N>
__device__ inline void mma_patches(MmaSum<T> (&sums)[M][N][4], const std::uint32_t (&a)[M][4],
                                   const std::uint32_t (&b)[N][2] BREAKEVEN_PLACE) {
#ifdef BREAKEVEN_ON_HOST
  host::mma<T>({sums, a, b, M, N}, place);
#else
#pragma unroll
  for (int m = 0; m < M; ++m) {
#pragma unroll
    for (int i = 0; i < N; ++i) {
      const int n = m % 2 == 0 ? i : N - 1 - i;  // an operand of B is used twice in a row
      mma<T>(sums[m][n], a[m], b[n]);
    }
  }
#endif
}

}  // namespace breakeven
