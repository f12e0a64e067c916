#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <type_traits>

#include "operations/small_float.h"

namespace breakeven {

/// Between a sum and an element of the same or of a narrower type.

/// The element as what it is summed in.
template <class Sum, class T>
__device__ inline Sum widened(T element) {
#ifdef BREAKEVEN_ON_HOST
  return static_cast<Sum>(element);
#else
  if constexpr (std::is_same_v<T, Bf16>) {
    return __uint_as_float(static_cast<unsigned>(element.bits) << 16);
  } else if constexpr (std::is_same_v<T, F16>) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(element.bits));
    return value;
  } else {
    return static_cast<Sum>(element);
  }
#endif
}

/// The element nearest to a sum; of two the even one.
template <class T, class Sum>
__device__ inline T narrowed(Sum sum) {
#ifdef BREAKEVEN_ON_HOST
  return static_cast<T>(sum);
#else
  if constexpr (std::is_same_v<T, Sum>) {
    return sum;
  } else {
    static_assert(std::is_same_v<T, Bf16> || std::is_same_v<T, F16>, "T is Bf16, F16 or the sum's");
    T element{};
    if constexpr (std::is_same_v<T, F16>) {
      asm("cvt.rn.f16.f32 %0, %1;" : "=h"(element.bits) : "f"(sum));
    } else {
#if __CUDA_ARCH__ >= 800
      asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(element.bits) : "f"(sum));
#else
      __trap();
#endif
    }
    return element;
  }
#endif
}

}  // namespace breakeven
