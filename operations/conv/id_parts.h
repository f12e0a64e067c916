#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "operations/conv/problem.h"
#include "operations/id_reader.h"

namespace breakeven {

/// The parts of an id that a convolution has, and every operation on one.

/// Beyond these nothing is computed anywhere, and sums of a few of them do not overflow.
inline constexpr std::int64_t kMostOfExtent = std::numeric_limits<std::int32_t>::max();

/// `nchw`
std::string layout_of(const ConvProblem& problem);
void read_layout(IdReader& from, ConvProblem& to);

/// `n8c64h56w56k64r3s3/stride2x2/pad1x1`: sizes, and what is not the default.
std::string sizes_of(const ConvProblem& problem);
void read_sizes(IdReader& from, ConvProblem& to);

/// A whole number of at least `least` that is not absurd.
std::int64_t read_count(IdReader& from, std::string_view name, std::int64_t least);

/// Calls `read(axis)` for each axis that the problem has; they are separated by 'x'.
template <class Read>
void for_each_axis(IdReader& reader, ConvProblem& p, Read read) {
  for (int i = 3 - p.dims; i < 3; ++i) {
    if (i > 3 - p.dims) reader.expect("x");
    read(p.axes[static_cast<std::size_t>(i)]);
  }
}

/// Fails for groups that divide no channels, an empty output, and sizes whose bytes or operations
/// 64 bits (signed) do not count.
void refuse_sizes(const IdReader& reader, const ConvProblem& problem);

}  // namespace breakeven
