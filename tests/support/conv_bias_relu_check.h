#pragma once

#include <string>
#include <vector>

#include "operations/conv_bias_relu/problem.h"
#include "tests/support/conv_check.h"

namespace breakeven::test {

/// The forward problems among those, each with bias and relu.
inline std::vector<ConvBiasReluProblem> with_bias_and_relu(const std::vector<std::string>& ids) {
  std::vector<ConvBiasReluProblem> problems;
  for (const std::string& id : ids) {
    const ConvProblem p = parse_conv(id);
    if (p.direction == Direction::fprop) problems.push_back({p});
  }
  return problems;
}

}  // namespace breakeven::test
