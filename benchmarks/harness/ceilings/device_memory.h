#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "benchmarks/harness/device.h"
#include "benchmarks/harness/sampler.h"

namespace breakeven {

/// Device memory that is given back at the end.
inline std::shared_ptr<void> device_memory(Device& device, std::size_t bytes) {
  return {device.allocate(bytes), [&device](void* memory) { device.release(memory); }};
}

/// Page-locked host memory that is given back at the end.
inline std::shared_ptr<void> pinned_memory(Device& device, std::size_t bytes) {
  return {device.allocate_pinned(bytes),
          [&device](void* memory) { device.release_pinned(memory); }};
}

/// A probe's buffer: what it wants, within an eighth of the memory that is free, in multiples of
/// 256.
inline std::size_t affordable(Device& device, std::size_t wanted) {
  return std::min(wanted, device.free_bytes() / 8) / 256 * 256;
}

/// The fastest sample [s].
inline double fastest(const Samples& samples) {
  return *std::min_element(samples.seconds.begin(), samples.seconds.end());
}

}  // namespace breakeven
