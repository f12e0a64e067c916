#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "operations/training/engine_parts.h"

namespace breakeven::cpu_network {

/// Memory for a problem's tensors that holds small numbers; indices are 0.
class PilotTensors {
 public:
  explicit PilotTensors(const std::vector<TensorSpec>& specs) {
    for (const TensorSpec& spec : specs) {
      memory_.emplace_back(std::max<std::size_t>(spec.bytes() / sizeof(float), 1));
      AlignedArray<float>& memory = memory_.back();
      std::memset(memory.data(), 0, memory.bytes());
      if (spec.dtype == Dtype::f32) {
        std::fill_n(memory.data(), memory.bytes() / sizeof(float), 0.01F);
      }
      tensors_.push_back({memory.data(), spec.dtype, spec.elements()});
    }
  }
  Tensors get() const { return tensors_; }

 private:
  std::vector<AlignedArray<float>> memory_;
  std::vector<Tensor> tensors_;
};

/// Seconds of one call, the median of some after a first.
inline double pilot_seconds(const CpuCall& call, Tensors tensors) {
  constexpr std::size_t calls = 9;
  using Clock = std::chrono::steady_clock;
  call.run(tensors);
  std::vector<double> seconds;
  while (seconds.size() < calls) {
    const Clock::time_point start = Clock::now();
    call.run(tensors);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::ranges::nth_element(seconds, seconds.begin() + calls / 2);
  return seconds[calls / 2];
}

/// Of an operation's list, of all rungs but the naive one, the implementation that is the fastest
/// in a pilot, with operands as they are. Another time it may be another one.
template <class Problem>
ChosenCall<CpuCall> choose_fastest(std::span<const CpuImplementation<Problem>> list,
                                   const Problem& problem) {
  const PilotTensors tensors(problem.view().tensors);
  std::optional<ChosenCall<CpuCall>> fastest;
  double least = 0;
  for (const auto& row : list) {
    if (row.rung == Rung::naive || !takes(row, problem)) continue;
    CpuCall call = row.prepare(problem);
    if (call.packed_bytes > 0) continue;
    const double seconds = pilot_seconds(call, tensors.get());
    if (fastest && seconds >= least) continue;
    least = seconds;
    fastest = {row.name, std::move(call)};
  }
  return fastest ? std::move(*fastest) : choose(list, problem, Rung::naive);
}

}  // namespace breakeven::cpu_network
