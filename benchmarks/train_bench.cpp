/// Training steps and inference of whole networks on both sides: every problem of the lists with
/// every engine.

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "benchmarks/training/engines.h"
#include "cpu_reference/training/list.h"

namespace breakeven {
namespace {

/// The fastest that a CPU does may be in f32, whatever dtype a GPU takes.
void add_stand_ins(NetworkProblem problem, Case& to) {
  problem.dtype = Dtype::f32;
  for (const auto& row : cpu_network_list()) {
    if (row.rung != Rung::naive) to.candidates.push_back(bind_stand_in(row, problem));
  }
}

Case make_case(const NetworkProblem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk()); }};
  made.candidates = engines_for(problem);
  if (problem.dtype != Dtype::f32) add_stand_ins(problem, made);
  return made;
}

std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  return {"steps", "steps_bf16", "inference"};
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  const Family family{
      .operation = "train",
      .lists = lists,
      .make_case = [](const std::string& id) { return make_case(parse_network_problem(id)); },
      .libraries = libraries_of_both_sides};
  return run_program(argc, argv, family);
}
