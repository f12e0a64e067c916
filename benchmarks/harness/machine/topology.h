#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace breakeven {

/// One level of data cache.
struct Cache {
  int level;
  std::size_t bytes;  // of one instance
  int shared_by;      // hardware threads that share one
};

/// How the processor is built, whatever part of it this process may use.
struct Topology {
  int sockets = 1;
  int numa_nodes = 1;
  std::vector<Cache> caches;     // from the first level on
  std::vector<int> core_of_cpu;  // by the operating system's CPU number; -1 where there is none

  int cores() const;
  int hardware_threads() const;
};

/// This machine's, read once through hwloc; throws std::runtime_error naming the call.
const Topology& topology();
/// That of a machine described in hwloc's synthetic notation, such as "pack:1 core:4 pu:2".
Topology synthetic_topology(const char* description);

/// How many threads "all" means: one per physical core among the allowed CPUs, within a quota given
/// in cores (rounded down: a thread more would be throttled), at least one.
int count_usable_threads(const Topology& topology, const std::vector<int>& allowed,
                         std::optional<double> quota);

/// What `count_usable_threads` gives for this process; read once.
int usable_threads();

/// Last-level cache that a number of threads can fill together [B]: what a buffer must exceed to
/// lie in memory. At most 32 MiB a thread is believed, the most any CPU has for a core; virtual
/// machines report the whole host's.
std::size_t last_level_cache_bytes(const Topology& topology, int threads);

}  // namespace breakeven
