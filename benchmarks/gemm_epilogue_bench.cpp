/// relu or gelu(A·B + bias) on both sides: every problem of the lists with every implementation.

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "cpu_reference/gemm_epilogue/list.h"
#include "operations/gemm_epilogue/problem.h"
#if BREAKEVEN_CUDA
#include "kernels/gemm_epilogue/list.h"
#endif

namespace breakeven {
namespace {

/// Extents of the problem that an implementation's speed is first judged by.
constexpr std::int64_t kCalibrationExtent = 192;

Case make_case(const GemmEpilogueProblem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk_to(kCalibrationExtent)); }};
  const bool missing = problem.product.dtype == Dtype::f16;  // which a CPU has no arithmetic for
  add_cpu_candidates(made, cpu_gemm_epilogue_list(), problem,
                     missing ? std::vector{Dtype::f32, Dtype::bf16} : std::vector<Dtype>{});
#if BREAKEVEN_CUDA
  for (const auto& row : cuda_gemm_epilogue_list()) made.candidates.push_back(bind(row, problem));
#endif
  return made;
}

std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  return {"quick", "transformers", "networks"};
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  const Family family{
      .operation = "gemm_epilogue",
      .lists = lists,
      .make_case = [](const std::string& id) { return make_case(parse_gemm_epilogue(id)); },
      .libraries = libraries_of_both_sides};
  return run_program(argc, argv, family);
}
