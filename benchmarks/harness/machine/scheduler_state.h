#pragma once

#include <optional>

#include "benchmarks/harness/machine/text.h"

namespace breakeven {

/// State of the clock and of the scheduler at one moment; the counters grow, so that the harness
/// records the difference of two readings around a repetition.
struct ClockReading {
  std::optional<double> cpu_mhz;  // of the CPU that asks, where it can be read honestly
  double steal_s = 0;             // stolen by the hypervisor since boot, all CPUs together [s]
  long involuntary_switches = 0;  // of this process, all threads
};

/// Cheap: three small files and one system call.
ClockReading read_scheduler_state(const Root& root = "/");

/// CPU time by the first line of /proc/stat, in clock ticks.
struct CpuTicks {
  double total = 0;
  double stolen = 0;
};
std::optional<CpuTicks> cpu_ticks(std::string_view proc_stat);

/// Share of CPU time stolen by the hypervisor since boot.
std::optional<double> steal_fraction(const Root& root = "/");

/// Load average of the last minute.
std::optional<double> load_1min(const Root& root = "/");

}  // namespace breakeven
