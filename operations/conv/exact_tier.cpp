#include "operations/conv/exact_tier.h"

#include <algorithm>
#include <cmath>

#include "operations/conv/strides.h"
#include "operations/conv/winograd.h"

namespace breakeven {
namespace {

/// Elements of the second tensor that a sum runs over where no tap falls on padding.
std::int64_t line_of_second(const ConvProblem& p) {
  const bool wgrad = p.direction == Direction::wgrad;
  const auto extents = wgrad ? output_extents(p) : filter_extents(p);
  const std::int64_t channels = wgrad                             ? p.n
                                : p.direction == Direction::fprop ? p.group_c()
                                                                  : p.group_k();
  return channels * extents[0] * extents[1] * extents[2];
}

/// The axes of the second tensor that a sum runs over: of w all but k's (dgrad: c's), of dy all but
/// the channels.
std::vector<std::size_t> summed_axes(const ConvProblem& p) {
  const std::size_t rank = static_cast<std::size_t>(p.dims) + 2;
  const std::size_t channel = p.channels == ChannelOrder::first ? 1 : rank - 1;
  const std::size_t kept = p.direction == Direction::fprop ? 0 : channel;
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (axis != kept) axes.push_back(axis);
  }
  return axes;
}

}  // namespace

ConvExactTier exact_tier(const ConvProblem& p, std::int64_t besides) {
  const double limit =
      std::min(largest_exact_integer(p.sum_dtype()), largest_exact_integer(p.dtype));
  const auto most_terms = static_cast<std::int64_t>(limit) - besides;
  std::int64_t one_in = 1;
  std::int64_t left = p.reduction();  // terms that are not zero
  if (left > most_terms) {
    // Which of a line's elements are in a sum, taps and padding decide: in the worst case all that
    // were kept. A line of one of several groups may begin within `one_in`: hence one more.
    const std::int64_t line = line_of_second(p);
    one_in = (line - 1) / (most_terms - 2) + 1;
    left = (line - 1) / one_in + 2;
  }
  if (p.dtype == Dtype::f32 && has_winograd(p)) {
    left = std::max(left, kWinogradGrowth * winograd_channels(p));
  }
  const double largest = std::sqrt(limit / static_cast<double>(left + besides));
  // tf32 has 11 significant bits.
  return {.range = static_cast<int>(std::clamp(std::floor(largest), 1.0, 0x1p11)),
          .sparsity = {summed_axes(p), one_in}};
}

}  // namespace breakeven
