/// relu(conv(x, w) + bias) on both sides: every problem of the lists with every implementation.

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "cpu_reference/conv_bias_relu/list.h"
#include "operations/conv_bias_relu/problem.h"
#if BREAKEVEN_CUDA
#include "kernels/conv_bias_relu/list.h"
#endif

namespace breakeven {
namespace {

Case make_case(const ConvBiasReluProblem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk()); }};
  add_cpu_candidates(
      made, cpu_conv_bias_relu_list(), problem,
      stand_ins_where_naive(cpu_conv_bias_relu_list(), problem, problem.convolution.dtype));
#if BREAKEVEN_CUDA
  for (const auto& row : cuda_conv_bias_relu_list()) made.candidates.push_back(bind(row, problem));
#endif
  return made;
}

std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  return {"vgg16", "resnet50_b1", "resnet50_bf16"};
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  const Family family{
      .operation = "conv_bias_relu",
      .lists = lists,
      .make_case = [](const std::string& id) { return make_case(parse_conv_bias_relu(id)); },
      .libraries = libraries_of_both_sides};
  return run_program(argc, argv, family);
}
