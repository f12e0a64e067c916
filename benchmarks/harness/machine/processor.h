#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/harness/machine/text.h"

namespace breakeven {

/// Model name from the text of /proc/cpuinfo; where the architecture writes none (Arm), the
/// implementer's and the part's numbers.
std::string cpu_model(std::string_view cpuinfo);

/// Instruction sets of the first CPU that matter to dense arithmetic, in a fixed order: "avx2",
/// "fma", "avx512f", ... (Arm: "asimd", "sve", ...).
std::vector<std::string> simd_flags(std::string_view cpuinfo);

/// Whether the kernel sees itself inside a virtual machine (x86's "hypervisor" flag).
bool has_hypervisor_flag(std::string_view cpuinfo);

/// Frequency governor of the first CPU, nothing where the system shows none (most virtual
/// machines).
std::optional<std::string> governor(const Root& root = "/");

/// Highest clock that the first CPU reports [MHz].
std::optional<double> max_mhz(const Root& root = "/");

/// Clock of one CPU now [MHz]; nothing where it cannot be read honestly: a virtual machine repeats
/// its nominal clock whatever the CPU does.
std::optional<double> cpu_mhz(int cpu, const Root& root = "/");

}  // namespace breakeven
