/// The operations of a network that are bound by memory, each by itself, on both sides: every
/// problem of the lists with every implementation.

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "cpu_reference/batch_norm/list.h"
#include "cpu_reference/bias/list.h"
#include "cpu_reference/elementwise/list.h"
#include "cpu_reference/pool/list.h"
#include "cpu_reference/sgd/list.h"
#include "cpu_reference/softmax_cross_entropy/list.h"
#if BREAKEVEN_CUDA
#include "kernels/batch_norm/list.h"
#include "kernels/bias/list.h"
#include "kernels/elementwise/list.h"
#include "kernels/pool/list.h"
#include "kernels/sgd/list.h"
#include "kernels/softmax_cross_entropy/list.h"
#endif

namespace breakeven {
namespace {

// The lists of a problem's operation.
auto cpu_list(const BatchNormProblem&) { return cpu_batch_norm_list(); }
auto cpu_list(const BiasProblem&) { return cpu_bias_list(); }
auto cpu_list(const ElementwiseProblem&) { return cpu_elementwise_list(); }
auto cpu_list(const PoolProblem&) { return cpu_pool_list(); }
auto cpu_list(const SgdProblem&) { return cpu_sgd_list(); }
auto cpu_list(const SoftmaxCrossEntropyProblem&) { return cpu_softmax_cross_entropy_list(); }
#if BREAKEVEN_CUDA
auto cuda_list(const BatchNormProblem&) { return cuda_batch_norm_list(); }
auto cuda_list(const BiasProblem&) { return cuda_bias_list(); }
auto cuda_list(const ElementwiseProblem&) { return cuda_elementwise_list(); }
auto cuda_list(const PoolProblem&) { return cuda_pool_list(); }
auto cuda_list(const SgdProblem&) { return cuda_sgd_list(); }
auto cuda_list(const SoftmaxCrossEntropyProblem&) { return cuda_softmax_cross_entropy_list(); }
#endif

template <class Problem>
Case make_case(const Problem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk()); }};
  if constexpr (requires { problem.in(Dtype::f32); }) {
    add_cpu_candidates(made, cpu_list(problem), problem,
                       stand_ins_where_naive(cpu_list(problem), problem, problem.dtype));
  } else {  // in f32 alone
    for (const auto& row : cpu_list(problem)) made.candidates.push_back(bind(row, problem));
  }
#if BREAKEVEN_CUDA
  for (const auto& row : cuda_list(problem)) made.candidates.push_back(bind(row, problem));
#endif
  return made;
}

/// The problem of that id, whose operation is what comes first in it.
Case case_of(const std::string& id) {
  if (id.starts_with("batch_norm")) return make_case(parse_batch_norm(id));
  if (id.starts_with("bias")) return make_case(parse_bias(id));
  if (id.starts_with("max_pool")) return make_case(parse_pool(id));
  if (id.starts_with("average_pool")) return make_case(parse_pool(id));
  if (id.starts_with("sgd")) return make_case(parse_sgd(id));
  if (id.starts_with("softmax")) return make_case(parse_softmax_cross_entropy(id));
  return make_case(parse_elementwise(id));
}

std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  return {"elementwise", "sgd", "bias", "batch_norm", "pool", "softmax_cross_entropy"};
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  const Family family{.operation = "ops",
                      .lists = lists,
                      .make_case = case_of,
                      .libraries = libraries_of_both_sides};
  return run_program(argc, argv, family);
}
