#pragma once

#include <cstdint>
#include <optional>

#include "benchmarks/harness/machine/text.h"

namespace breakeven {

/// What the control groups of this process leave it; nothing where there is no limit.
struct CgroupLimits {
  std::optional<double> cpus;  // CPU quota in cores: 1.5
  std::optional<std::uint64_t> memory_bytes;
};

/// The tightest limits on the way from this process's group to the root, of cgroup v1, v2 or both.
CgroupLimits cgroup_limits(const Root& root = "/");

}  // namespace breakeven
