#pragma once

#include <stdexcept>
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

#if BREAKEVEN_CUDNN

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

#else

template <class Problem>
Support cudnn_supports(const Problem&, const CudnnChoice&) {
  return Support::no("this build has no cuDNN: its header cudnn_graph.h was not found");
}

template <class Problem>
CudaCall prepare_cudnn(const Problem&, const CudnnChoice&) {
  throw std::runtime_error("this build has no cuDNN");
}

#endif

inline constexpr CudnnChoice cudnn_first{}, cudnn_fastest{.searched = true},
    cudnn_first_in_tf32{.tf32 = true}, cudnn_fastest_in_tf32{.tf32 = true, .searched = true};

}  // namespace breakeven
