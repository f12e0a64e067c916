#include "operations/conv/taps.h"

#include <algorithm>

namespace breakeven {
namespace {

/// Calls `visit(input, filter, output)` for each triple, in the order of outputs.
template <class Visit>
void for_each_triple(const ConvAxis& axis, Visit visit) {
  for (std::int64_t output = 0; output < axis.output(); ++output) {
    for (std::int64_t filter = 0; filter < axis.filter; ++filter) {
      const std::int64_t input = axis.source(output, filter);
      if (input >= 0 && input < axis.input) visit(input, filter, output);
    }
  }
}

struct Places {
  explicit Places(std::int64_t extent) : triples(static_cast<std::size_t>(extent)) {}
  void count(std::int64_t place) { ++triples[static_cast<std::size_t>(place)]; }
  std::int64_t used() const {
    return std::count_if(triples.begin(), triples.end(), [](std::int64_t n) { return n > 0; });
  }
  std::int64_t most() const { return *std::max_element(triples.begin(), triples.end()); }

  std::vector<std::int64_t> triples;  // of each place
};

}  // namespace

AxisCounts count_taps(const ConvAxis& axis) {
  AxisCounts counts;
  Places inputs(axis.input), filters(axis.filter), outputs(axis.output());
  for_each_triple(axis, [&](std::int64_t input, std::int64_t filter, std::int64_t output) {
    ++counts.triples;
    inputs.count(input);
    filters.count(filter);
    outputs.count(output);
  });
  counts.used_input = inputs.used();
  counts.used_filter = filters.used();
  counts.used_output = outputs.used();
  counts.most_of_input = inputs.most();
  counts.most_of_filter = filters.most();
  counts.most_of_output = outputs.most();
  return counts;
}

AxisTaps::AxisTaps(const ConvAxis& axis, Direction direction) {
  const std::int64_t places = direction == Direction::fprop   ? axis.output()
                              : direction == Direction::dgrad ? axis.input
                                                              : axis.filter;
  const auto result = [&](std::int64_t input, std::int64_t filter, std::int64_t output) {
    return static_cast<std::size_t>(direction == Direction::fprop   ? output
                                    : direction == Direction::dgrad ? input
                                                                    : filter);
  };
  begin_.assign(static_cast<std::size_t>(places) + 1, 0);
  for_each_triple(axis, [&](std::int64_t input, std::int64_t filter, std::int64_t output) {
    ++begin_[result(input, filter, output) + 1];
  });
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  pairs_.resize(begin_.back());
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for_each_triple(axis, [&](std::int64_t input, std::int64_t filter, std::int64_t output) {
    pairs_[next[result(input, filter, output)]++] =
        direction == Direction::fprop   ? Pair{input, filter}
        : direction == Direction::dgrad ? Pair{output, filter}
                                        : Pair{input, output};
  });
}

}  // namespace breakeven
