#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace breakeven {

/// Calls `work(begin, end)` with each thread's share of [0, count): whole pieces of `piece`, so
/// that no two threads write to one cache line; on one thread where there is less than `least` for
/// each.
template <class Work>
void share_out(std::int64_t count, std::int64_t piece, std::int64_t least, const Work& work) {
  const std::int64_t wanted = std::clamp<std::int64_t>(count / least, 1, omp_get_max_threads());
  if (wanted == 1) return work(std::int64_t{0}, count);
#pragma omp parallel num_threads(static_cast<int>(wanted))
  {
    const std::int64_t pieces = (count + piece - 1) / piece;
    const std::int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
    const std::int64_t begin = pieces * thread / threads * piece;
    const std::int64_t end = std::min(pieces * (thread + 1) / threads * piece, count);
    if (begin < end) work(begin, end);
  }
}

/// Elements of f32 that are worth another thread: below, waking it takes longer.
inline constexpr std::int64_t kWorthAThread = 16 << 10;

}  // namespace breakeven
