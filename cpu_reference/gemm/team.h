#pragma once

#include <atomic>
#include <cstdint>

namespace breakeven::cpu_gemm {

/// Work that threads take piece by piece, so that one held up by something else does less of it.
/// The threads of a team own one of these together.
class WorkCounter {
  friend class Team;
  // One for the stage that runs, one made ready for the next.
  std::atomic<std::int64_t> next_[2] = {0, 0};
};

/// One thread's place among those that do a product together: all of an OpenMP parallel region, or
/// a single one. Every member goes through the same stages; the number of stages is even.
class Team {
 public:
  Team(WorkCounter& counter, int rank, int size) : counter_(counter), rank_(rank), size_(size) {}

  /// Calls `work(i)` for each i in [0, count) on one of the members, and returns when all are done.
  template <class Work>
  void share(std::int64_t count, Work work) {
    if (size_ == 1) {
      for (std::int64_t i = 0; i < count; ++i) work(i);
      return;
    }
    // Whoever is here has left the stage before, the last to use the other counter.
    if (rank_ == 0) counter_.next_[1 - stage_].store(0, std::memory_order_relaxed);
    std::atomic<std::int64_t>& next = counter_.next_[stage_];
    for (std::int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) work(i);
    stage_ = 1 - stage_;
#pragma omp barrier
  }

 private:
  WorkCounter& counter_;
  int rank_, size_;
  int stage_ = 0;
};

}  // namespace breakeven::cpu_gemm
