/// Training steps and inference of whole networks on both sides: every problem of the lists with
/// every engine.

#include "benchmarks/both_sides.h"
#include "benchmarks/harness/family.h"
#include "benchmarks/training/engines.h"

namespace breakeven {
namespace {

Case make_case(const NetworkProblem& problem) {
  Case made{.problem = problem.view(),
            .calibration = [problem] { return make_case(problem.shrunk()); }};
  made.candidates = engines_for(problem);
  return made;
}

std::vector<std::string> lists(std::string_view preset) {
  if (preset == "smoke") return {"smoke"};
  if (preset == "quick") return {"quick"};
  return {"steps", "inference"};
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
