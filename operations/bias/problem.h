#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/problem.h"
#include "operations/support.h"

namespace breakeven {

/// A bias for each channel, added, or its gradient. x and y are (N, C, P), or (N, P, C) with the
/// channels last, of `places` P that share a channel's bias: pixels, or 1 after a linear layer.
///
///   forward   (x, b, y):  y = x + b
///   backward  (dy, db):   db[c] = Σ over n and p of dy
///
/// f32, bf16 and f16, summed in f32.
struct BiasProblem {
  bool backward = false;
  Dtype dtype = Dtype::f32;
  bool channels_last = false;
  std::int64_t n = 1, c = 1, places = 1;

  /// Stable id: `bias/f32/ncp/n32c64p3136`, `bias_backward/f32/npc/n128c10p1`.
  std::string id() const;
  std::int64_t elements() const { return n * c * places; }
  /// The channel of an element of x or y.
  std::int64_t channel_of(std::int64_t element) const {
    return channels_last ? element % c : element / places % c;
  }
  /// An addition for each element.
  double flops() const { return static_cast<double>(elements()); }
  /// Inputs read once, the output written once.
  double least_bytes() const;
  /// Everything the harness needs.
  ProblemView view() const;

  /// The same, smaller: cheap, for calibration.
  BiasProblem shrunk() const;
  BiasProblem in(Dtype other) const;
  bool operator==(const BiasProblem&) const = default;
};

/// The problem of that id. Throws std::invalid_argument with one clear line that quotes the id.
BiasProblem parse_bias(std::string_view id);

}  // namespace breakeven
