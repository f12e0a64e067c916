#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

#include "cpu_reference/gemm/team.h"

namespace breakeven::cpu_gemm {

/// How the matrices of a batch are spread over threads: the first `alone` each on one thread, each
/// of the others on a team, one after the other.
struct BatchPlan {
  std::int64_t batch;
  int threads;
  std::int64_t alone;
  int team;

  /// Threads that work on matrices of their own at the same time.
  int workspaces() const { return alone > 0 ? threads : 1; }
};

/// `worth`: how many threads one matrix is worth waking and waiting for.
inline BatchPlan batch_plan(std::int64_t batch, int threads, double worth) {
  const int team = static_cast<int>(std::clamp(worth, 1.0, static_cast<double>(threads)));
  // What is left after rounds in which each thread has a matrix takes one more round alone, or
  // 1/team of one for each when shared.
  const std::int64_t left = batch % threads;
  return {batch, threads, left < team ? batch - left : batch, team};
}

/// Calls `multiply(batch, team, workspace)` for each matrix, by each member of its team. The
/// members of a team share a workspace, and nobody else uses it meanwhile.
template <class Multiply>
void for_each_matrix(const BatchPlan& plan, WorkCounter& counter, const Multiply& multiply) {
  if (plan.alone > 0) {
#pragma omp parallel for num_threads(plan.threads) schedule(dynamic)
    for (std::int64_t batch = 0; batch < plan.alone; ++batch) {
      multiply(batch, Team(counter, 0, 1), omp_get_thread_num());
    }
  }
  for (std::int64_t batch = plan.alone; batch < plan.batch; ++batch) {
    counter.restart();
#pragma omp parallel num_threads(plan.team)
    multiply(batch, Team(counter, omp_get_thread_num(), omp_get_num_threads()), 0);
  }
}

}  // namespace breakeven::cpu_gemm
