#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/harness/machine/gpu_driver.h"
#include "benchmarks/harness/machine/nvml.h"

namespace breakeven {

/// One GPU that CUDA shows to this process.
struct Gpu {
  std::string name;
  std::string compute_capability;  // "9.0"
  int sms = 0;
  std::size_t memory_bytes = 0;
  std::size_t l2_bytes = 0;
  // From here on only where NVML tells.
  std::optional<double> sm_clock_mhz;
  std::optional<double> sm_clock_max_mhz;
  std::optional<double> memory_clock_mhz;
  std::optional<double> power_limit_w;
  std::optional<std::string> link_now;  // "gen 4 x16"; an idle card lowers its generation
  std::optional<std::string> link_max;
  std::optional<bool> ecc;
  std::optional<bool> mig;
  std::optional<int> other_processes;  // with a context on it, this process not counted
};

/// The GPUs of an initialised driver, in CUDA's order; those that refuse to name themselves are
/// left out. Creates no context.
std::vector<Gpu> read_gpus(const CudaDriver& driver, const Nvml& nvml);

}  // namespace breakeven
