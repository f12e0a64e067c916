#include "benchmarks/harness/machine/topology.h"

#include <hwloc.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "benchmarks/harness/machine/affinity.h"
#include "benchmarks/harness/machine/cgroup.h"

namespace breakeven {
namespace {

struct Destroy {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Hwloc = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, Destroy>;

void check(int status, const char* call) {
  if (status != 0) throw std::runtime_error(std::string(call) + " failed");
}

/// The machine that `hwloc` describes once loaded; a synthetic one where a description is given.
Topology load(const char* description) {
  // In a container without /sys it would say so on standard error at every start; what could not be
  // found is in the record.
  setenv("HWLOC_HIDE_ERRORS", "2", /*overwrite=*/0);
  hwloc_topology_t raw = nullptr;
  check(hwloc_topology_init(&raw), "hwloc_topology_init");
  const Hwloc hwloc(raw);
  if (description) {
    check(hwloc_topology_set_synthetic(raw, description), "hwloc_topology_set_synthetic");
  }
  check(hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED),
        "hwloc_topology_set_flags");
  check(hwloc_topology_load(raw), "hwloc_topology_load");

  Topology found;
  found.sockets = std::max(1, hwloc_get_nbobjs_by_type(raw, HWLOC_OBJ_PACKAGE));
  found.numa_nodes = std::max(1, hwloc_get_nbobjs_by_type(raw, HWLOC_OBJ_NUMANODE));
  for (hwloc_obj_t cpu = nullptr; (cpu = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, cpu));) {
    if (found.core_of_cpu.size() <= cpu->os_index) found.core_of_cpu.resize(cpu->os_index + 1, -1);
    hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(raw, HWLOC_OBJ_CORE, cpu);
    // Where cores are not told apart, each hardware thread counts as one.
    found.core_of_cpu[cpu->os_index] = static_cast<int>((core ? core : cpu)->logical_index);
  }
  hwloc_obj_t any = hwloc_get_obj_by_type(raw, HWLOC_OBJ_PU, 0);
  for (hwloc_obj_t object = any; object; object = object->parent) {
    if (!hwloc_obj_type_is_dcache(object->type) || object->attr->cache.size == 0) continue;
    found.caches.push_back({static_cast<int>(object->attr->cache.depth),
                            static_cast<std::size_t>(object->attr->cache.size),
                            hwloc_bitmap_weight(object->cpuset)});
  }
  return found;
}

}  // namespace

int Topology::cores() const {
  std::set<int> distinct(core_of_cpu.begin(), core_of_cpu.end());
  distinct.erase(-1);
  return static_cast<int>(distinct.size());
}

int Topology::hardware_threads() const {
  return static_cast<int>(
      std::count_if(core_of_cpu.begin(), core_of_cpu.end(), [](int core) { return core >= 0; }));
}

const Topology& topology() {
  static const Topology here = load(nullptr);
  return here;
}

Topology synthetic_topology(const char* description) { return load(description); }

int count_usable_threads(const Topology& topology, const std::vector<int>& allowed,
                         std::optional<double> quota) {
  std::set<int> cores;
  for (int cpu : allowed) {
    const bool known = cpu < static_cast<int>(topology.core_of_cpu.size());
    if (known && topology.core_of_cpu[cpu] >= 0) cores.insert(topology.core_of_cpu[cpu]);
  }
  int threads = static_cast<int>(cores.size());
  if (quota) threads = std::min(threads, static_cast<int>(std::min(*quota, 1e6)));
  return std::max(threads, 1);
}

int usable_threads() {
  static const int here = count_usable_threads(topology(), allowed_cpus(), cgroup_limits().cpus);
  return here;
}

std::size_t last_level_cache_bytes(const Topology& topology, int threads) {
  if (topology.caches.empty()) return 0;
  const Cache& last = topology.caches.back();
  const int instances = std::max(1, topology.hardware_threads() / std::max(1, last.shared_by));
  const std::size_t believed = std::size_t{32} << 20;
  return std::min(last.bytes * static_cast<std::size_t>(std::min(instances, threads)),
                  believed * static_cast<std::size_t>(threads));
}

}  // namespace breakeven
