#pragma once

#include <string>

#include "benchmarks/harness/ceilings/probe.h"
#include "benchmarks/harness/device.h"

namespace breakeven {

/// Repetitions of each probe where nobody asks for another number.
constexpr int kCeilingRepetitions = 3;

/// The CPU's ceilings for one thread and all, within about `budget_s` seconds; making the buffers
/// comes on top.
void measure_cpu_ceilings(double budget_s, int all_threads, const TakeCeiling& take,
                          int repetitions = kCeilingRepetitions);

/// The device's ceilings and floors, likewise; without one, `skipped` for the reason of `absence`.
void measure_device_ceilings(Device* device, const std::string& absence, double budget_s,
                             const TakeCeiling& take, int repetitions = kCeilingRepetitions);

}  // namespace breakeven
