#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operations/conv/problem.h"

namespace breakeven {

/// What meets along one axis: the triples of a place of x, a tap of w and a place of y that belong
/// together. Those of several axes are independent: what meets in a convolution is all
/// combinations.
struct AxisCounts {
  std::int64_t triples = 0;
  std::int64_t used_input = 0, used_filter = 0, used_output = 0;           // places that are in any
  std::int64_t most_of_input = 0, most_of_filter = 0, most_of_output = 0;  // in how many one is
};

/// Takes a step for each pair of an output and a tap.
AxisCounts count_taps(const ConvAxis& axis);

/// The same triples by the place of the result: in which places of the first and the second input
/// the terms of its sum are.
class AxisTaps {
 public:
  struct Pair {
    std::int64_t first, second;
  };

  AxisTaps(const ConvAxis& axis, Direction direction);

  /// Of one place of y, x or w, whichever the direction computes.
  std::span<const Pair> of(std::int64_t place) const {
    const auto begin = begin_[static_cast<std::size_t>(place)];
    return {pairs_.data() + begin, begin_[static_cast<std::size_t>(place) + 1] - begin};
  }

 private:
  std::vector<Pair> pairs_;
  std::vector<std::size_t> begin_;  // of each place, and the end
};

}  // namespace breakeven
