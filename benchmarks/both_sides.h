#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "cpu_reference/common/libraries.h"
#if BREAKEVEN_CUDA
#include "kernels/common/libraries.h"
#endif

namespace breakeven {

/// What the families of all operations have in common.

/// Adds the CPU's implementations of a problem to its case, and those that compute it in one of
/// the dtypes that stand in for its own.
template <class Problem>
void add_cpu_candidates(Case& to, std::span<const CpuImplementation<Problem>> list,
                        const Problem& problem, const std::vector<Dtype>& stand_ins) {
  for (const auto& row : list) to.candidates.push_back(bind(row, problem));
  for (const Dtype dtype : stand_ins) {
    for (const auto& row : list) {
      const Problem same = problem.in(dtype);
      if (row.rung != Rung::naive && row.supports(same)) {
        to.candidates.push_back(bind_stand_in(row, same));
      }
    }
  }
}

/// The dtypes that stand in for a problem's own on the CPU: where its list has nothing but naive
/// loops in f16 or bf16, the pair is with the fastest in f32 or bf16.
template <class Problem>
std::vector<Dtype> stand_ins_where_naive(std::span<const CpuImplementation<Problem>> list,
                                         const Problem& problem, Dtype dtype) {
  const bool narrow = dtype == Dtype::f16 || dtype == Dtype::bf16;
  const bool has_arithmetic = std::ranges::any_of(
      list, [&](const auto& row) { return row.rung != Rung::naive && row.supports(problem); });
  return narrow && !has_arithmetic ? std::vector{Dtype::f32, Dtype::bf16} : std::vector<Dtype>{};
}

/// The libraries of both sides, as far as this build has them.
inline std::vector<Library> libraries_of_both_sides() {
  std::vector<Library> all = cpu_libraries();
#if BREAKEVEN_CUDA
  for (Library& library : cuda_libraries()) all.push_back(std::move(library));
#endif
  return all;
}

}  // namespace breakeven
