#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace breakeven {

/// A float for tensor cores, which take it in tf32: the last 13 bits of its significand are
/// ignored. Rounded to the nearest, a tie away from zero, as cvt.rna.tf32 does, which is three
/// instructions on every GPU so far; this leaves out the last of them, which clears what is ignored
/// anyway.
__device__ inline float round_to_tf32(float value) {
  std::uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  if (fabsf(value) < INFINITY) bits += 0x1000;
  memcpy(&value, &bits, sizeof(bits));
  return value;
}

/// The same of a word that holds one.
__device__ inline std::uint32_t round_to_tf32(std::uint32_t word) {
  float value;
  memcpy(&value, &word, sizeof(value));
  value = round_to_tf32(value);
  memcpy(&word, &value, sizeof(word));
  return word;
}

}  // namespace breakeven
