#pragma once

#include <algorithm>
#include <cstdint>

#include "operations/gemm/problem.h"

namespace breakeven::cpu_gemm {

/// How the matrices of a batch are spread over threads: the first `alone` each on one thread, each
/// of the others on a team, one after the other.
struct BatchPlan {
  std::int64_t alone;
  int team;
};

/// A thread is worth waking and waiting for from about a million multiply-adds on (10 µs).
inline BatchPlan batch_plan(const GemmProblem& p, int threads) {
  constexpr double worth_a_thread = 1 << 20;
  const double multiply_adds =
      static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  const int team = static_cast<int>(
      std::clamp(multiply_adds / worth_a_thread, 1.0, static_cast<double>(threads)));
  // Rounds in which each thread has a matrix; those that are left take one more round alone, or
  // 1/team of one each when shared.
  const std::int64_t left = p.batch % threads;
  return {left < team ? p.batch - left : p.batch, team};
}

}  // namespace breakeven::cpu_gemm
