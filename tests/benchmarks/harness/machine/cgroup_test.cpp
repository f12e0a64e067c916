#include "benchmarks/harness/machine/cgroup.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/harness/machine/recorded_tree.h"

namespace breakeven {
namespace {

constexpr const char* v2_mount = "30 23 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n";
constexpr const char* v1_mounts =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

TEST(Cgroup, NothingRecordedMeansNoLimit) {
  RecordedTree tree;
  EXPECT_FALSE(cgroup_limits(tree.root()).cpus);
  EXPECT_FALSE(cgroup_limits(tree.root()).memory_bytes);
}

TEST(Cgroup, EmptyFilesMeanNoLimit) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", "").add("proc/self/cgroup", "");
  EXPECT_FALSE(cgroup_limits(tree.root()).cpus);
}

TEST(Cgroup, ReadsTheQuotaOfVersion2) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", v2_mount)
      .add("proc/self/cgroup", "0::/\n")
      .add("sys/fs/cgroup/cpu.max", "150000 100000\n")
      .add("sys/fs/cgroup/memory.max", "2147483648\n");
  EXPECT_EQ(cgroup_limits(tree.root()).cpus, 1.5);
  EXPECT_EQ(cgroup_limits(tree.root()).memory_bytes, 2147483648u);
}

TEST(Cgroup, MaxOfVersion2IsNoLimit) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", v2_mount)
      .add("proc/self/cgroup", "0::/\n")
      .add("sys/fs/cgroup/cpu.max", "max 100000\n")
      .add("sys/fs/cgroup/memory.max", "max\n");
  EXPECT_FALSE(cgroup_limits(tree.root()).cpus);
  EXPECT_FALSE(cgroup_limits(tree.root()).memory_bytes);
}

TEST(Cgroup, TheTightestOfNestedGroupsCounts) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", v2_mount)
      .add("proc/self/cgroup", "0::/slurm/job_7/step_0\n")
      .add("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "max 100000\n")
      .add("sys/fs/cgroup/slurm/job_7/cpu.max", "400000 100000\n")
      .add("sys/fs/cgroup/slurm/cpu.max", "3200000 100000\n")
      .add("sys/fs/cgroup/slurm/memory.max", "1000\n")
      .add("sys/fs/cgroup/slurm/job_7/memory.max", "3000\n");
  EXPECT_EQ(cgroup_limits(tree.root()).cpus, 4.0);
  EXPECT_EQ(cgroup_limits(tree.root()).memory_bytes, 1000u);
}

TEST(Cgroup, ReadsTheQuotaOfVersion1) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", v1_mounts)
      .add("proc/self/cgroup", "4:memory:/box\n2:cpu,cpuacct:/box\n")
      .add("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "200000\n")
      .add("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n")
      .add("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "536870912\n");
  EXPECT_EQ(cgroup_limits(tree.root()).cpus, 2.0);
  EXPECT_EQ(cgroup_limits(tree.root()).memory_bytes, 536870912u);
}

TEST(Cgroup, Version1WritesNoLimitAsMinusOneAndAsTheLargestNumber) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", v1_mounts)
      .add("proc/self/cgroup", "4:memory:/\n2:cpu,cpuacct:/\n")
      .add("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
      .add("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
      .add("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_FALSE(cgroup_limits(tree.root()).cpus);
  EXPECT_FALSE(cgroup_limits(tree.root()).memory_bytes);
}

TEST(Cgroup, AContainerOfVersion1ShowsItsOwnGroupAtTheMount) {
  // Docker without a cgroup namespace: the group's full name, of which the mount shows the end.
  RecordedTree tree;
  tree.add("proc/self/mountinfo",
           "32 31 0:29 /docker/1f2e /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n")
      .add("proc/self/cgroup", "2:cpu:/docker/1f2e\n")
      .add("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n")
      .add("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_limits(tree.root()).cpus, 0.5);
}

TEST(Cgroup, AGroupOutsideTheMountIsReadAtTheMount) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo", v2_mount)
      .add("proc/self/cgroup", "0::/../sibling\n")
      .add("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(cgroup_limits(tree.root()).cpus, 1.0);
}

TEST(Cgroup, OfBothVersionsTheTighterCounts) {
  RecordedTree tree;
  tree.add("proc/self/mountinfo",
           std::string(v1_mounts) + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
      .add("proc/self/cgroup", "2:cpu,cpuacct:/a\n0::/b\n")
      .add("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "300000\n")
      .add("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n")
      .add("sys/fs/cgroup/unified/b/cpu.max", "800000 100000\n");
  EXPECT_EQ(cgroup_limits(tree.root()).cpus, 3.0);
}

}  // namespace
}  // namespace breakeven
