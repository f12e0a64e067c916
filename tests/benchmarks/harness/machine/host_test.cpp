#include "benchmarks/harness/machine/host.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/benchmarks/harness/machine/recorded_tree.h"

namespace breakeven {
namespace {

/// The environment says which container this is; here only the recorded files shall.
class Container : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"container", "APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "KUBERNETES_SERVICE_HOST"}) {
      unsetenv(name);
    }
  }
  RecordedTree tree_;
};

TEST_F(Container, NothingRecordedIsNoContainer) { EXPECT_FALSE(container(tree_.root())); }

TEST_F(Container, IsKnownByItsFiles) {
  tree_.add(".dockerenv", "");
  EXPECT_EQ(container(tree_.root()), "docker");
  tree_.add("run/.containerenv", "");
  EXPECT_EQ(container(tree_.root()), "podman");
}

TEST_F(Container, IsKnownByItsGroup) {
  tree_.add("proc/1/cgroup", "2:cpu:/kubepods/burstable/pod1\n");
  EXPECT_EQ(container(tree_.root()), "kubernetes");
}

TEST_F(Container, IsKnownByTheEnvironment) {
  setenv("container", "systemd-nspawn", 1);
  EXPECT_EQ(container(tree_.root()), "systemd-nspawn");
  unsetenv("container");
}

TEST_F(Container, WslIsToldByTheKernel) {
  tree_.add("proc/sys/kernel/osrelease", "5.15.146.1-microsoft-standard-WSL2\n");
  EXPECT_TRUE(is_wsl(tree_.root()));
  EXPECT_EQ(container(tree_.root()), "wsl");
}

TEST(Host, NamesTheDistribution) {
  RecordedTree tree;
  EXPECT_EQ(os_name(tree.root()), "Linux");
  tree.add("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n");
  EXPECT_EQ(os_name(tree.root()), "Debian GNU/Linux 13 (trixie)");
}

TEST(Host, BareMetalHasNoHypervisor) {
  RecordedTree tree;
  tree.add("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu avx\n");
  EXPECT_FALSE(virtualization(tree.root()));
}

TEST(Host, MemoryIsWithinTheContainersLimit) {
  RecordedTree tree;
  EXPECT_EQ(memory_bytes(tree.root()), 0u);
  tree.add("proc/meminfo", "MemTotal:       16384 kB\nMemFree:  1 kB\n");
  EXPECT_EQ(memory_bytes(tree.root()), 16384u * 1024);
  tree.add("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
      .add("proc/self/cgroup", "0::/\n")
      .add("sys/fs/cgroup/memory.max", "4096\n");
  EXPECT_EQ(memory_bytes(tree.root()), 4096u);
}

}  // namespace
}  // namespace breakeven
