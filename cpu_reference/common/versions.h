#pragma once

#include "cpu_reference/common/simd.h"

namespace breakeven {

/// Calls `loop(arguments...)`, which must be BREAKEVEN_ALWAYS_INLINE, compiled for the widest
/// vectors that this CPU has.
template <auto loop, class... Arguments>
BREAKEVEN_TARGET_AVX512 void with_avx512(Arguments... arguments) {
  loop(arguments...);
}
template <auto loop, class... Arguments>
BREAKEVEN_TARGET_AVX2 void with_avx2(Arguments... arguments) {
  loop(arguments...);
}
template <auto loop, class... Arguments>
void with_widest_vectors(Arguments... arguments) {
  if (has_avx512()) return with_avx512<loop>(arguments...);
  if (has_avx2()) return with_avx2<loop>(arguments...);
  loop(arguments...);
}

}  // namespace breakeven
