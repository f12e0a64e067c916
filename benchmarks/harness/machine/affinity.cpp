#include "benchmarks/harness/machine/affinity.h"

#include <sched.h>

#include <cerrno>
#include <cstddef>

#include "benchmarks/harness/machine/text.h"

namespace breakeven {

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  // The kernel refuses a mask smaller than its own, and says so only by EINVAL.
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 2) {
    cpu_set_t* mask = CPU_ALLOC(capacity);
    const std::size_t bytes = CPU_ALLOC_SIZE(capacity);
    const int status = sched_getaffinity(0, bytes, mask);
    const bool too_small = status != 0 && errno == EINVAL;
    if (status == 0) {
      for (int cpu = 0; cpu < capacity; ++cpu) {
        if (CPU_ISSET_S(cpu, bytes, mask)) cpus.push_back(cpu);
      }
    }
    CPU_FREE(mask);
    if (!too_small) break;
  }
  return cpus;
}

std::string format_cpu_list(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t first = 0; first < cpus.size();) {
    std::size_t last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(cpus[first]);
    if (last > first) text += '-' + std::to_string(cpus[last]);
    first = last + 1;
  }
  return text;
}

int count_cpu_list(std::string_view list) {
  int count = 0;
  for (std::string_view range : split(list, ',')) {
    const auto ends = split(range, '-');
    const auto first = to_number(ends.front());
    const auto last = to_number(ends.back());
    if (first && last) count += static_cast<int>(*last - *first) + 1;
  }
  return count;
}

}  // namespace breakeven
