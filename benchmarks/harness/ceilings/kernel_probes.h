#pragma once

#include <string>

#include "benchmarks/harness/ceilings/probe.h"
#include "benchmarks/harness/device.h"

namespace breakeven {

/// One repetition of each ceiling that needs a kernel of its own (kernels/common/probes.h). In a
/// build without CUDA they throw.
Reading measure_device_fma(Device& device, Dtype dtype, const SamplingLimits& limits, Clock clock);
/// On tensor cores: bf16, f16, s8, or f32 as tf32.
Reading measure_device_matrix(Device& device, Dtype dtype, const SamplingLimits& limits,
                              Clock clock);
/// Why the device's tensor cores cannot be measured; empty if they can.
std::string matrix_probe_absence();
Reading measure_device_copy(Device& device, const SamplingLimits& limits, Clock clock);
Reading measure_l2_read(Device& device, const SamplingLimits& limits, Clock clock);

}  // namespace breakeven
