#pragma once

#include "benchmarks/harness/ceilings/probe.h"
#include "benchmarks/harness/device.h"

namespace breakeven {

/// One repetition of each ceiling that needs a kernel of its own (kernels/common/probes.h). In a
/// build without CUDA they throw.
Reading measure_device_fma(Device& device, Dtype dtype, const SamplingLimits& limits, Clock clock);
Reading measure_device_copy(Device& device, const SamplingLimits& limits, Clock clock);
Reading measure_l2_read(Device& device, const SamplingLimits& limits, Clock clock);

}  // namespace breakeven
