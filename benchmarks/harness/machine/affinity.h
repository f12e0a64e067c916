#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace breakeven {

/// CPUs (operating-system numbers, ascending) that this process may run on.
std::vector<int> allowed_cpus();

/// "0-3,8" for {0, 1, 2, 3, 8}; empty for none.
std::string format_cpu_list(const std::vector<int>& cpus);

/// How many CPUs such a list names.
int count_cpu_list(std::string_view list);

}  // namespace breakeven
