#include "benchmarks/training/engines.h"

#include <stdexcept>
#include <string>

#include "cpu_reference/training/list.h"
#if BREAKEVEN_CUDA
#include "kernels/training/list.h"
#endif

namespace breakeven {

std::vector<Candidate> engines_for(const NetworkProblem& problem) {
  std::vector<Candidate> all;
  for (const auto& row : cpu_network_list()) all.push_back(bind(row, problem));
#if BREAKEVEN_CUDA
  for (const auto& row : cuda_network_list()) all.push_back(bind(row, problem));
#endif
  return all;
}

Candidate engine_named(std::string_view name, Side side, const NetworkProblem& problem) {
  std::string known;
  for (Candidate& candidate : engines_for(problem)) {
    if (candidate.side != side) continue;
    if (candidate.implementation == name) {
      if (const Support support = candidate.supports(); !support) {
        throw std::invalid_argument("engine '" + std::string(name) + "': " + support.reason);
      }
      return std::move(candidate);
    }
    known += (known.empty() ? "" : ", ") + candidate.implementation;
  }
  throw std::invalid_argument("there is no engine '" + std::string(name) + "' on this side; " +
                              (known.empty() ? "this build has none" : "there are " + known));
}

}  // namespace breakeven
