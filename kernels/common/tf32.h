#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace breakeven {

/// A value as tensor cores take it in tf32: f32 with the last 13 bits of its significand ignored.
/// Rounded to the nearest, a tie away from zero, as cvt.rna.tf32 does, which is three instructions
/// on every GPU so far; this leaves out the last of them, which clears what is ignored anyway.
__device__ inline float to_tf32(float value) {
  std::uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  if (fabsf(value) < INFINITY) bits += 0x1000;
  memcpy(&value, &bits, sizeof(bits));
  return value;
}

}  // namespace breakeven
