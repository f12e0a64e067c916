#pragma once

#include <string>
#include <vector>

#include "benchmarks/harness/ceilings/probe.h"
#include "benchmarks/harness/device.h"

namespace breakeven {

/// The device's ceilings: FMA in f32 and f64, copy in device memory, reading from L2, the link in
/// both directions from pinned and pageable memory; and floors: launch, launch to synchronised,
/// events, a copy of 4 bytes. Without a device the same probes, none of which can be measured for
/// the reason of `absence`. The device must outlive them.
std::vector<Probe> device_probes(Device* device, const std::string& absence,
                                 Clock clock = steady_seconds);

}  // namespace breakeven
