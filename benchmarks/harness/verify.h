#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/harness/buffers.h"
#include "benchmarks/harness/fill.h"
#include "operations/problem.h"

namespace breakeven {

/// One tier's data of a problem: every tensor's contents before the call, and the true values of
/// the elements that are checked one by one. Made once, shared by all implementations.
class CheckData {
 public:
  /// `exact`: small integers and bit-equality; otherwise the data that is timed and the bound.
  CheckData(const ProblemView& problem, bool exact, Fill fill, std::uint64_t seed);

  const ProblemView& problem() const { return problem_; }
  /// Contents before the call: inputs filled, an inout filled, an output NaN.
  const HostBuffers& image() const { return host_; }
  Tensors before() const { return host_.tensors(0); }

  /// Checks the outputs, copied to the host: the chosen elements one by one, then all of them
  /// through the operation's own check of the whole.
  struct Outcome {
    Verdict verdict;
    double worst = 0;  // largest error over its bound (real tier)
    std::int64_t elements = 0;
  };
  Outcome check(Tensors outputs, const Rounding& rounding) const;

  /// Places of the outputs among the tensors.
  const std::vector<std::size_t>& outputs() const { return outputs_; }
  /// Whether a call reads what it writes: then it must be replayed from the image to be checked.
  bool replays() const;

 private:
  struct Element {
    std::size_t output;   // which of them
    std::int64_t offset;  // in it
    std::int64_t index;   // through all of them, as the oracle counts
    Expected expected;
  };
  const ProblemView& problem_;
  bool exact_;
  std::uint64_t seed_;
  std::vector<std::size_t> outputs_;
  HostBuffers host_;
  std::vector<Element> elements_;
};

}  // namespace breakeven
