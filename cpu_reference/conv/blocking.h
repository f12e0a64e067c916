#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu_reference/common/caches.h"
#include "cpu_reference/gemm/tile_grid.h"
#include "operations/conv/problem.h"

namespace breakeven::cpu_conv {

/// How much of a product is packed at a time: as in a packed GEMM, a panel of the operand that is
/// broadcast takes two thirds of the first-level cache, and what all of its panels are multiplied
/// with half of the second-level cache. Together the threads' buffers stay within a tenth of the
/// tensors where that leaves enough to work with: not to need memory is what an implicit GEMM is
/// for.
struct Blocking {
  std::int64_t depth;        // of a panel
  std::int64_t channels;     // whole channels that are so deep, with all of their taps
  std::int64_t chunk_bytes;  // of a thread's panels

  /// `line_bytes`: of one step along the depth of the broadcast panel; `ins`: channels in all.
  Blocking(const ConvProblem& p, std::size_t line_bytes, std::int64_t taps, std::int64_t ins,
           int threads) {
    const Caches cache = caches();
    depth = std::max<std::int64_t>(
        static_cast<std::int64_t>(cache.l1 * 2 / 3 / line_bytes) / 32 * 32, 128);
    const std::int64_t most =
        std::clamp<std::int64_t>(depth / std::max<std::int64_t>(taps, 1), 1, ins);
    const std::int64_t blocks = cpu_gemm::quotient_up(ins, most);
    channels = cpu_gemm::quotient_up(ins, blocks);
    const auto tensors = static_cast<std::int64_t>(p.least_bytes());
    chunk_bytes = std::clamp<std::int64_t>(tensors / 13 / threads, 64 << 10,
                                           static_cast<std::int64_t>(cache.l2 / 2));
  }
};

}  // namespace breakeven::cpu_conv
