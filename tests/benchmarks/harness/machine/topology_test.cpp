#include "benchmarks/harness/machine/topology.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>

#include "benchmarks/harness/machine/affinity.h"

namespace breakeven {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

std::vector<int> first_cpus(int count) {
  std::vector<int> cpus(count);
  std::iota(cpus.begin(), cpus.end(), 0);
  return cpus;
}

TEST(Topology, CountsWhatHwlocDescribes) {
  const Topology two = synthetic_topology(
      "pack:2 [numa] l3:2(size=33554432) l2:4(size=1048576) "
      "l1d:1(size=32768) core:1 pu:2");
  EXPECT_EQ(two.sockets, 2);
  EXPECT_EQ(two.numa_nodes, 2);
  EXPECT_EQ(two.cores(), 16);
  EXPECT_EQ(two.hardware_threads(), 32);
  ASSERT_EQ(two.caches.size(), 3u);
  EXPECT_EQ(two.caches[0].level, 1);
  EXPECT_EQ(two.caches[0].bytes, 32u << 10);
  EXPECT_EQ(two.caches[0].shared_by, 2);
  EXPECT_EQ(two.caches[2].level, 3);
  EXPECT_EQ(two.caches[2].bytes, 32 * mib);
  EXPECT_EQ(two.caches[2].shared_by, 8);
}

TEST(Topology, ABadDescriptionNamesTheCall) {
  try {
    synthetic_topology("nonsense");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("hwloc_topology_set_synthetic"), std::string::npos);
  }
}

TEST(Topology, ThisMachineHasCoresAndACache) {
  EXPECT_GE(topology().cores(), 1);
  EXPECT_GE(topology().hardware_threads(), topology().cores());
  EXPECT_GE(usable_threads(), 1);
  EXPECT_LE(usable_threads(), topology().cores());
}

TEST(UsableThreads, OnePerPhysicalCore) {
  const Topology four = synthetic_topology("pack:1 core:4 pu:2");
  EXPECT_EQ(count_usable_threads(four, first_cpus(8), {}), 4);
  EXPECT_EQ(count_usable_threads(four, {0, 1}, {}), 1) << "both are threads of the first core";
  EXPECT_EQ(count_usable_threads(four, {0, 2, 7}, {}), 3);
}

TEST(UsableThreads, WithinTheQuotaRoundedDown) {
  const Topology four = synthetic_topology("pack:1 core:4 pu:1");
  EXPECT_EQ(count_usable_threads(four, first_cpus(4), 2.9), 2);
  EXPECT_EQ(count_usable_threads(four, first_cpus(4), 64.0), 4);
  EXPECT_EQ(count_usable_threads(four, first_cpus(4), 0.25), 1);
}

TEST(UsableThreads, AtLeastOneWhateverIsRead) {
  const Topology two = synthetic_topology("pack:1 core:2 pu:1");
  EXPECT_EQ(count_usable_threads(two, {}, {}), 1);
  EXPECT_EQ(count_usable_threads(two, {99}, {}), 1);
}

TEST(LastLevelCache, GrowsWithTheThreadsThatReachIt) {
  const Topology chiplets =
      synthetic_topology("pack:1 l3:4(size=33554432) l2:8(size=1048576) core:1 pu:1");
  EXPECT_EQ(last_level_cache_bytes(chiplets, 1), 32 * mib);
  EXPECT_EQ(last_level_cache_bytes(chiplets, 32), 128 * mib);
}

TEST(LastLevelCache, AHostsCacheSeenFromASmallVirtualMachineIsNotBelieved) {
  const Topology guest = synthetic_topology("pack:1 l3:1(size=503316480) core:2 pu:1");
  EXPECT_EQ(guest.caches.back().bytes, 480 * mib) << "recorded as it is reported";
  EXPECT_EQ(last_level_cache_bytes(guest, 2), 64 * mib);
}

TEST(CpuList, IsWrittenInRanges) {
  EXPECT_EQ(format_cpu_list({}), "");
  EXPECT_EQ(format_cpu_list({5}), "5");
  EXPECT_EQ(format_cpu_list({0, 1, 2, 3, 8}), "0-3,8");
  EXPECT_EQ(format_cpu_list({0, 2, 4, 5}), "0,2,4-5");
}

TEST(CpuList, CountsBack) {
  for (const std::vector<int>& cpus :
       {std::vector<int>{}, {5}, {0, 1, 2, 3, 8}, {0, 2, 4, 5}, first_cpus(300)}) {
    EXPECT_EQ(count_cpu_list(format_cpu_list(cpus)), static_cast<int>(cpus.size()));
  }
}

TEST(Affinity, HoldsThisProcess) { EXPECT_FALSE(allowed_cpus().empty()); }

}  // namespace
}  // namespace breakeven
