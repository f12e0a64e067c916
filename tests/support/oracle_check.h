#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "operations/implementation.h"
#include "tests/support/problem_tensors.h"

namespace breakeven::test {

/// The roundings that a row of a list allows itself.
template <class Row, class Problem>
MathMode math_mode_of(const Row& row, const Problem& p) {
  return row.math_mode ? row.math_mode(p) : MathMode{};
}

/// What is wrong with the outputs, of which every element and then all of them at once are held
/// against the oracle; empty if nothing is.
inline std::string complaint(const ProblemView& problem, const ProblemTensors& tensors, Fill fill,
                             const MathMode& math_mode = {}) {
  const Oracle& oracle = problem.oracle;
  const Rounding rounding = in_mode(math_mode, problem.rounding);
  for (std::int64_t i = 0; i < tensors.elements(); ++i) {
    const Expected expected = oracle.element(tensors.before(), i);
    const double bound = fill == Fill::integers ? 0 : rounding.bound(expected, problem.reduction);
    if (std::abs(tensors.get(i) - expected.value) <= bound) continue;
    std::ostringstream words;
    words << "element " << i << " is " << tensors.get(i) << ", must be " << expected.value;
    return words.str();
  }
  const Verdict verdict =
      fill == Fill::integers
          ? oracle.exact_product(tensors.before(), tensors.outputs(), 1)
          : oracle.real_product(tensors.before(), tensors.outputs(), rounding, 1);
  return verdict.ok ? std::string() : verdict.detail;
}

inline void expect_matches_oracle(const ProblemView& problem, const ProblemTensors& tensors,
                                  Fill fill, const MathMode& math_mode = {}) {
  ASSERT_EQ(complaint(problem, tensors, fill, math_mode), "");
}

}  // namespace breakeven::test
