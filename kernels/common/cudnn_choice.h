#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "operations/implementation.h"
#include "operations/problem.h"
#if BREAKEVEN_CUDNN
#include "kernels/common/cudnn_graph.h"
#endif

namespace breakeven {

/// Which of cuDNN's engines a row of a list stands for: the first that its heuristic proposes, or
/// the fastest of several.
struct CudnnChoice {
  bool tf32 = false, searched = false, deterministic = false;
};

/// Elements of a tensor that cuDNN documents as the most.
constexpr std::int64_t cudnn_most_elements = (std::int64_t{1} << 31) - 1;

#if BREAKEVEN_CUDNN

/// A graph with the plan that cuDNN proposes first; or why there is none.
struct CudnnPlanned {
  std::unique_ptr<const CudnnGraph> graph = {};
  std::unique_ptr<const CudnnPlan> plan = {};
  Support support;
};

/// The plan of the graph without products that `describe` makes. It is found once for each key and
/// kept: engines of such graphs are compiled when they are found, which takes from tenths of a
/// second on, and a network asks for the same ones often. Throws std::runtime_error or CudaError,
/// the failing call named, where cuDNN fails and does not merely lack an engine.
std::shared_ptr<const CudnnPlanned> cudnn_planned(const std::string& key,
                                                  const std::function<CudnnGraph()>& describe);

/// A call of it. Throws std::runtime_error where there is no plan.
CudaCall cudnn_call(const std::shared_ptr<const CudnnPlanned>& planned);

/// Whether cuDNN has a plan for the graph of that problem.
template <class Problem>
Support cudnn_supports(const Problem& problem, const CudnnChoice& choice) {
  if (!cudnn().missing.empty()) return Support::no(cudnn().missing);
  try {
    const CudnnGraph graph = cudnn_graph_of(problem);
    if (!graph.plans(1, {choice.tf32, choice.deterministic}).empty()) return Support::yes();
    return Support::no("cuDNN has no engine for it");
  } catch (const CudnnNotSupported& error) {
    return Support::no(error.what());
  }
}

/// A call of the chosen plan of a problem's graph; the search times plans on tensors of its own.
/// Throws std::runtime_error where there is no plan.
CudaCall prepare_cudnn(CudnnGraph graph, const ProblemView& problem, const CudnnChoice& choice);

/// The same of the problem.
template <class Problem>
CudaCall prepare_cudnn(const Problem& problem, const CudnnChoice& choice) {
  return prepare_cudnn(cudnn_graph_of(problem), problem.view(), choice);
}

/// The plan of a problem whose graph is without products.
template <class Problem>
std::shared_ptr<const CudnnPlanned> cudnn_planned(const Problem& problem) {
  return cudnn_planned(problem.id(), [&] { return cudnn_graph_of(problem); });
}

/// Whether there is one, and a call of it.
template <class Problem>
Support cudnn_supports(const Problem& problem) {
  return cudnn_planned(problem)->support;
}
template <class Problem>
CudaCall prepare_cudnn(const Problem& problem) {
  return cudnn_call(cudnn_planned(problem));
}

#else

template <class Problem>
Support cudnn_supports(const Problem&, const CudnnChoice& = {}) {
  return Support::no("this build has no cuDNN: its header cudnn_graph.h was not found");
}

template <class Problem>
CudaCall prepare_cudnn(const Problem&, const CudnnChoice& = {}) {
  throw std::runtime_error("this build has no cuDNN");
}

#endif

inline constexpr CudnnChoice cudnn_first{}, cudnn_fastest{.searched = true},
    cudnn_first_in_tf32{.tf32 = true}, cudnn_fastest_in_tf32{.tf32 = true, .searched = true};

}  // namespace breakeven
