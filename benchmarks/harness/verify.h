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

  /// Checks an output copied to the host: the chosen elements one by one, then all of it through
  /// the operation's probabilistic product.
  struct Outcome {
    Verdict verdict;
    double worst = 0;  // largest error over its bound (real tier)
    std::int64_t elements = 0;
  };
  Outcome check(const Tensor& output, const Rounding& rounding) const;

  std::size_t output_index() const { return output_; }

 private:
  struct Element {
    std::int64_t index;
    Expected expected;
  };
  const ProblemView& problem_;
  bool exact_;
  std::uint64_t seed_;
  std::size_t output_ = 0;
  HostBuffers host_;
  std::vector<Element> elements_;
};

}  // namespace breakeven
