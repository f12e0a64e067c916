#pragma once

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "cpu_reference/gemm/list.h"
#include "operations/gemm/problem.h"
#if BREAKEVEN_CUDA
#include "kernels/gemm/list.h"
#endif

namespace breakeven {
namespace gemm_family_parts {

/// Extents of the problem that an implementation's speed is first judged by.
constexpr std::int64_t kCalibrationExtent = 192;

/// What a CPU multiplies where it has no arithmetic for the dtype: the pair is with the faster.
inline std::vector<Dtype> stand_ins(Dtype dtype) {
  const bool missing = dtype == Dtype::f16 || dtype == Dtype::e4m3 || dtype == Dtype::e5m2;
  return missing ? std::vector{Dtype::f32, Dtype::bf16} : std::vector<Dtype>{};
}

inline Case make_case(const GemmProblem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk_to(kCalibrationExtent)); }};
  add_cpu_candidates(made, cpu_gemm_list(), problem, stand_ins(problem.dtype));
#if BREAKEVEN_CUDA
  for (const auto& row : cuda_gemm_list()) made.candidates.push_back(bind(row, problem));
#endif
  return made;
}

inline std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  std::vector<std::string> all{"squares",   "low_precision",     "skinny",          "batched",
                               "bert_base", "llama3_8b_prefill", "llama3_8b_decode"};
  if (preset == "full") all.insert(all.end(), {"gpt2_124m", "deepbench"});
  return all;
}

}  // namespace gemm_family_parts

/// GEMM on both sides: every problem of the lists with every implementation.
inline Family gemm_family() {
  using namespace gemm_family_parts;
  return {.operation = "gemm",
          .lists = lists,
          .make_case = [](const std::string& id) { return make_case(parse_gemm(id)); },
          .libraries = libraries_of_both_sides};
}

}  // namespace breakeven
