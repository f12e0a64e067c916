#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "operations/oracle.h"
#include "operations/tensor.h"

namespace breakeven {

/// Writes the next batch of a data set to a problem's inputs, in host memory.
using LoadBatch = std::function<void(Tensors)>;

/// What the harness knows of a problem of any operation.
struct ProblemView {
  std::string id;         // gemm/f32/nn/m512n512k512
  std::string operation;  // gemm
  Dtype dtype = Dtype::f32;
  std::vector<std::pair<std::string, std::string>> sizes;  // {"m","512"}, ...: for the result file
  std::vector<TensorSpec> tensors;                         // one or more are output or inout
  double flops = 0;                                        // one multiply-add counts two
  std::optional<double> nominal_flops = {};  // as others count them, where that is another number
  double least_bytes = 0;                    // each input read once, each output written once
  std::size_t kept_bytes = 0;                // that every implementation keeps beside the tensors
  bool judged_by_bytes = false;              // its rate is bytes by time: memory is what bounds it
  std::int64_t items = 0;      // that a call works on, such as images; 0: nothing is counted
  bool single_calls = false;   // what a call takes by itself matters, the slowest of them too
  std::int64_t reduction = 1;  // terms summed into one output element (K)
  // Integers in ±[1, exact_range], and zeros as the tensors' specs have them, keep every partial
  // sum exact; 0: no range does (no exact tier).
  int exact_range = 1;
  Rounding rounding = {};  // of arithmetic in the problem's own dtypes
  std::function<LoadBatch()> make_loader =
      {};                 // of what goes through a data set; null: nothing does
  std::string not_timed;  // why it is only verified; empty: it is timed
  Oracle oracle;
};

/// Places of the tensors that a call writes, in their order.
inline std::vector<std::size_t> outputs_of(const ProblemView& problem) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < problem.tensors.size(); ++i) {
    if (is_written(problem.tensors[i].role)) places.push_back(i);
  }
  return places;
}

/// Whether calls go on from each other: a step of a training.
inline bool has_state(const ProblemView& problem) {
  return std::ranges::any_of(problem.tensors,
                             [](const TensorSpec& spec) { return spec.role == Role::state; });
}

/// What a call's time grows with: operations or bytes, whichever are more.
inline double work_of(const ProblemView& problem) {
  return std::max(problem.flops, problem.least_bytes);
}

}  // namespace breakeven
