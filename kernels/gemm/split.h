#pragma once

#include <algorithm>
#include <cstdint>

namespace breakeven::cuda_gemm {

/// How a sum is cut: `ranges` of them, each `length` terms long but perhaps the last.
struct Split {
  std::int64_t ranges, length;
};

/// Two blocks for each multiprocessor where a result has so many tiles, but no range shorter than
/// four steps of BK terms, except perhaps the last.
template <int BK>
Split split(std::int64_t terms, std::int64_t tiles, int multiprocessors) {
  const std::int64_t wanted = std::max<std::int64_t>(1, 2 * multiprocessors / tiles);
  const std::int64_t steps = (terms + BK - 1) / BK;
  const std::int64_t ranges = std::clamp<std::int64_t>(steps / 4, 1, wanted);
  const std::int64_t length = (steps + ranges - 1) / ranges * BK;
  return {(terms + length - 1) / length, length};
}

}  // namespace breakeven::cuda_gemm
