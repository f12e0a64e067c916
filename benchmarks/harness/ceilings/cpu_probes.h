#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "benchmarks/harness/ceilings/probe.h"
#include "benchmarks/harness/machine/topology.h"

namespace breakeven {

/// The CPU's ceilings, each for one thread and for `all_threads` (once where that is one): FMA in
/// f32 and f64, triad and copy in memory, reading from each cache level. Buffers are made at the
/// first use and live as long as the probes.
std::vector<Probe> cpu_probes(int all_threads);

/// Bytes of each array of triad (three) and copy (two): twice the last-level cache that the threads
/// can fill, at least 64 MiB, at most a sixteenth of the memory.
std::size_t memory_probe_bytes(const Topology& topology, int all_threads, std::size_t memory);

/// Bytes that each thread reads again and again to measure a cache level (an index of
/// `topology.caches`): half of its share, but no more than eight times the level before, which lies
/// well outside that already. Nothing where the share is too small to tell the levels apart.
std::optional<std::size_t> cache_probe_bytes(const Topology& topology, std::size_t level,
                                             int threads);

}  // namespace breakeven
