#include "benchmarks/harness/machine/scheduler_state.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "benchmarks/harness/machine/processor.h"

namespace breakeven {

std::optional<CpuTicks> cpu_ticks(std::string_view proc_stat) {
  // cpu  user nice system idle iowait irq softirq steal guest guest_nice
  const std::string_view line = proc_stat.substr(0, proc_stat.find('\n'));
  if (!line.starts_with("cpu ")) return std::nullopt;
  constexpr int counters = 8;  // the guests' time is already part of the user's
  CpuTicks ticks;
  int counter = 0;
  for (std::string_view word : split(trim(line.substr(4)), ' ')) {
    const auto value = to_number(word);
    if (!value || counter == counters) break;
    ticks.total += *value;
    if (++counter == counters) ticks.stolen = *value;
  }
  if (counter < counters) return std::nullopt;
  return ticks;
}

ClockReading read_scheduler_state(const Root& root) {
  ClockReading reading;
  reading.cpu_mhz = cpu_mhz(sched_getcpu(), root);
  if (const auto stat = read_text(root, "proc/stat")) {
    if (const auto ticks = cpu_ticks(*stat)) {
      reading.steal_s = ticks->stolen / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
  }
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) reading.involuntary_switches = usage.ru_nivcsw;
  return reading;
}

std::optional<double> steal_fraction(const Root& root) {
  const auto stat = read_text(root, "proc/stat");
  const auto ticks = stat ? cpu_ticks(*stat) : std::nullopt;
  if (!ticks || ticks->total <= 0) return std::nullopt;
  return ticks->stolen / ticks->total;
}

std::optional<double> load_1min(const Root& root) {
  const auto text = read_text(root, "proc/loadavg");
  return text ? to_number(text->substr(0, text->find(' '))) : std::nullopt;
}

}  // namespace breakeven
