#pragma once

#include "operations/gemm/problem.h"
#include "tests/support/problem_tensors.h"

namespace breakeven::test {

/// The tensors of a GEMM: A, B and C.
class GemmTensors : public ProblemTensors {
 public:
  GemmTensors(const GemmProblem& problem, Fill fill, std::uint64_t seed)
      : ProblemTensors(problem.view(), fill, seed) {}

  Tensor c() const { return output(); }
};

}  // namespace breakeven::test
