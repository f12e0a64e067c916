#pragma once

#include <atomic>
#include <cstdint>

namespace breakeven::cpu_gemm {

/// Work that threads take piece by piece, so that one held up by something else does less of it.
/// The threads of a team own one of these together.
class WorkCounter {
 public:
  /// Before each team.
  void restart() { next_[0] = next_[1] = 0; }

 private:
  friend class Team;
  // One for the stage that runs, one made ready for the next.
  std::atomic<std::int64_t> next_[2] = {0, 0};
};

/// One thread's place among those that do a product together: all of an OpenMP parallel region, or
/// a single one. Every member goes through the same stages.
class Team {
 public:
  Team(WorkCounter& counter, int rank, int size) : counter_(counter), rank_(rank), size_(size) {}

  bool alone() const { return size_ == 1; }

  /// Calls `work(i)` for each i in [0, count) on one of the members, after all that was shared
  /// before is done. (Whoever ends the team, as the end of a parallel region does, waits for the
  /// last.)
  template <class Work>
  void share(std::int64_t count, Work work) {
    if (alone()) {
      for (std::int64_t i = 0; i < count; ++i) work(i);
      return;
    }
    if (stages_++ > 0) {
#pragma omp barrier
    }
    std::atomic<std::int64_t>& next = counter_.next_[stages_ % 2];
    // Nobody uses the other any more: it is made ready for the stage after this.
    if (rank_ == 0) counter_.next_[(stages_ + 1) % 2].store(0, std::memory_order_relaxed);
    for (std::int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) work(i);
  }

 private:
  WorkCounter& counter_;
  int rank_, size_;
  int stages_ = 0;  // begun
};

}  // namespace breakeven::cpu_gemm
