#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "kernels/common/place_argument.h"
#ifdef BREAKEVEN_ON_HOST
#include "kernels/host/matrix.h"
#endif

namespace breakeven {

/// ldmatrix (PTX ISA, "Warp-level matrix load instruction: ldmatrix"): a warp loads `count` (1, 2
/// or 4) matrices of 8 rows of 16 bytes from shared memory. Lane i gives the address of row i % 8
/// of matrix i / 8, a multiple of 16 bytes; addresses of lanes beyond the last matrix are ignored.
/// Of each matrix every lane gets one word of 32 bits: lane i the word i % 4 of row i / 4, or, with
/// `transposed`, the 16-bit elements 2·(i % 4) and 2·(i % 4) + 1 of column i / 4.
template <int count, bool transposed = false>
__device__ inline void load_matrices(std::uint32_t (&words)[count],
                                     const void* row BREAKEVEN_PLACE) {
  static_assert(count == 1 || count == 2 || count == 4, "ldmatrix loads 1, 2 or 4 matrices");
#ifdef BREAKEVEN_ON_HOST
  host::load_matrices(words, count, transposed, row, place);
#else
  const auto from = static_cast<unsigned>(__cvta_generic_to_shared(row));
  if constexpr (count == 1 && !transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];"
                 : "=r"(words[0])
                 : "r"(from)
                 : "memory");
  } else if constexpr (count == 1) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
                 : "=r"(words[0])
                 : "r"(from)
                 : "memory");
  } else if constexpr (count == 2 && !transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(words[0]), "=r"(words[1])
                 : "r"(from)
                 : "memory");
  } else if constexpr (count == 2) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(words[0]), "=r"(words[1])
                 : "r"(from)
                 : "memory");
  } else if constexpr (!transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
                 : "r"(from)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
                 : "r"(from)
                 : "memory");
  }
#endif
}

}  // namespace breakeven
