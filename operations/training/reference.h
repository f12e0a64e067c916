#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operations/training/plan.h"

namespace breakeven {

/// One batch: f32, and labels of s32 for training.
struct Batch {
  std::span<const float> images;
  std::span<const std::int32_t> labels;
};

/// What a plan reads and leaves behind, as its stores lie: the state of a training in T.
template <class T>
struct NetworkState {
  std::vector<T> parameters, momentum, statistics;
  std::vector<T> logits;  // of inference
  std::vector<T> loss;    // of training: one
};

/// Executes a plan, which must not be fused, by plain loops in T: in float64 the truth that engines
/// are held against, in f32 the distance from it that f32 arithmetic has, or bf16
/// where the plan narrows. Sums in the order of the
/// loops, each value in memory of its own. `kink`: relu's inputs nearer to zero than that part of
/// their root mean square go the other way, and of a window's maxima that are as near to one
/// another the second counts: what becomes of the result where rounding decides them.
template <class T>
void execute_reference(const Plan& plan, const Batch& batch, NetworkState<T>& state,
                       double kink = 0);

}  // namespace breakeven
