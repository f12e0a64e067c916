#pragma once

#include <optional>
#include <string>

#include "benchmarks/harness/machine/gpu_driver.h"
#include "benchmarks/harness/machine/nvml.h"
#include "benchmarks/harness/machine/text.h"

namespace breakeven {

/// What was found on the way from the program to a GPU; `judge` draws the conclusion.
struct CudaFacts {
  int toolkit = 0;              // CUDART_VERSION this was built with, 0: built without CUDA
  bool library_loaded = false;  // libcuda
  int init_status = 0;          // of cuInit
  int driver_cuda = 0;          // newest CUDA version the driver supports, as 13000; 0: unknown
  int devices = 0;
  std::string driver;          // "580.65.06", empty where it cannot be read
  bool gpu_on_bus = false;     // an NVIDIA display or compute device on the PCI bus
  bool nodes_refused = false;  // /dev/nvidia* is there, and not for this user
  bool wsl = false;
  bool in_container = false;
  std::optional<std::string> visible_devices;  // CUDA_VISIBLE_DEVICES as set
};

/// Whether a CUDA device can be used; as in the result file.
struct CudaStatus {
  std::string status;  // ok, not_built, no_driver, no_device, driver_too_old, no_permission, error
  std::optional<std::string> reason;  // in words, one line; nothing when ok
  std::optional<std::string> advice;  // what to do about it; nothing when there is nothing to say
  std::optional<std::string> toolkit;
  std::optional<std::string> driver;
  std::optional<std::string> driver_cuda;
};

CudaStatus judge(const CudaFacts& facts);

/// Looks at this machine; initialises the driver, creates no context.
CudaFacts cuda_facts(const CudaDriver& driver, const Nvml& nvml, const Root& root = "/");

/// The judgement on this machine; made once.
const CudaStatus& cuda_status();

/// Empty when a device can be used, else why not: the reason of each CUDA row that is skipped.
std::string cuda_absence();

}  // namespace breakeven
