#pragma once

#include <cstddef>

namespace breakeven::host {

/// The GPU that the host plays, in the terms of its properties. The limits are those of compute
/// capability 8.0 (CUDA C++ Programming Guide, "Compute Capabilities"); the multiprocessors are
/// few, so that loops over a grid's worth of work take more than one turn.
struct DeviceModel {
  int major = 8, minor = 0;
  int multiprocessors = 3;
  int threads_per_multiprocessor = 2048;
  int threads_per_block = 1024;
  std::size_t shared_per_block = std::size_t{48} << 10;          // without asking
  std::size_t shared_per_block_opt_in = std::size_t{163} << 10;  // cudaFuncSetAttribute
  std::size_t shared_per_multiprocessor = std::size_t{164} << 10;
};

/// The one device. Tests change it to see what a kernel says of another.
DeviceModel& device_model();

}  // namespace breakeven::host
