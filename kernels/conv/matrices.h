#pragma once

#include <utility>

#include "kernels/conv/sums.h"
#include "operations/gemm/problem.h"

namespace breakeven::cuda_conv {

/// The product that sums are, one for each group, for what only asks for extents.
inline GemmProblem matrix_of(const Sums& sums) {
  return {.batch = sums.groups, .m = sums.rows, .n = sums.columns, .k = sums.terms};
}

/// Calls `visit` with how the gathered and the plain operand lie in memory, as two compile-time
/// bools: whether terms run fastest, where otherwise rows or columns do.
template <class Visit>
void with_layout(const ConvProblem& p, Visit&& visit) {
  const bool last = p.channels == ChannelOrder::last;
  switch (p.direction) {
    case Direction::fprop:
      last ? visit.template operator()<true, true>() : visit.template operator()<false, true>();
      break;
    case Direction::dgrad:
      last ? visit.template operator()<true, false>() : visit.template operator()<false, true>();
      break;
    case Direction::wgrad:
      last ? visit.template operator()<false, false>() : visit.template operator()<true, true>();
      break;
  }
}

}  // namespace breakeven::cuda_conv
