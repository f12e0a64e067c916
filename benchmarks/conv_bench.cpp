/// Convolution and its gradients on both sides: every problem of the lists with every
/// implementation.

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "cpu_reference/conv/list.h"
#include "operations/conv/problem.h"
#if BREAKEVEN_CUDA
#include "kernels/conv/list.h"
#endif

namespace breakeven {
namespace {

Case make_case(const ConvProblem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk()); }};
  add_cpu_candidates(made, cpu_conv_list(), problem,
                     stand_ins_where_naive(cpu_conv_list(), problem, problem.dtype));
#if BREAKEVEN_CUDA
  for (const auto& row : cuda_conv_list()) made.candidates.push_back(bind(row, problem));
#endif
  return made;
}

std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  std::vector<std::string> all{"resnet50_b8",    "resnet50_bf16", "mobilenet_v2", "unet",
                               "retinanet_head", "unet_3d",       "wav2vec2"};
  if (preset == "full") all.insert(all.end(), {"resnet50", "deepbench"});
  return all;
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  const Family family{.operation = "conv",
                      .lists = lists,
                      .make_case = [](const std::string& id) { return make_case(parse_conv(id)); },
                      .libraries = libraries_of_both_sides};
  return run_program(argc, argv, family);
}
