#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "operations/tensor.h"
#include "operations/training/plan.h"

namespace breakeven {

/// What a plan leaves behind when plain loops execute it in T: in float64 the truth that engines
/// are held against, in f32 the distance from it that f32 arithmetic has.
template <class T>
struct Outcome {
  std::vector<T> parameters, momentum, statistics;  // as the stores lie
  std::vector<T> logits;                            // of inference
  std::vector<T> loss;                              // of training: one
};

/// Initial contents of a plan's stores, f32 and labels of s32; those that it does not have are
/// empty.
struct Contents {
  std::span<const float> images;
  std::span<const std::int32_t> labels;
  std::span<const float> parameters, momentum, statistics;
};

/// Executes a plan, which must not be fused, in T: sums in the order of the loops, each value in
/// memory of its own. `kink`: relu's inputs nearer to zero than that part of their root mean square
/// go the other way, and of a window's maxima that are as near to one another the second counts:
/// what becomes of the result where rounding decides them.
template <class T>
Outcome<T> execute_reference(const Plan& plan, const Contents& contents, double kink = 0);

}  // namespace breakeven
