#include "benchmarks/harness/machine/processor.h"

#include <gtest/gtest.h>

#include "benchmarks/harness/machine/scheduler_state.h"
#include "tests/benchmarks/harness/machine/recorded_tree.h"

namespace breakeven {
namespace {

constexpr const char* bare_metal =
    "processor\t: 0\nmodel name\t: AMD EPYC 9554 64-Core Processor\ncpu MHz\t\t: 3100.512\n"
    "flags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512_bf16\n\n"
    "processor\t: 1\nmodel name\t: AMD EPYC 9554 64-Core Processor\ncpu MHz\t\t: 1500.250\n"
    "flags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512_bf16\n\n";
constexpr const char* guest =
    "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Processor\ncpu MHz\t\t: 2600.000\n"
    "flags\t\t: fpu hypervisor avx avx2 amx_tile\n\n";
constexpr const char* arm =
    "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd sve bf16\nCPU implementer\t: 0x41\n"
    "CPU part\t: 0xd0c\n\n";

TEST(Processor, ReadsTheModel) {
  EXPECT_EQ(cpu_model(bare_metal), "AMD EPYC 9554 64-Core Processor");
  EXPECT_EQ(cpu_model(arm), "Arm implementer 0x41 part 0xd0c");
  EXPECT_EQ(cpu_model(""), "unknown");
}

TEST(Processor, ReadsSimdInAFixedOrder) {
  EXPECT_EQ(simd_flags(bare_metal),
            (std::vector<std::string>{"sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_bf16"}));
  EXPECT_EQ(simd_flags(arm), (std::vector<std::string>{"asimd", "sve", "bf16"}));
  EXPECT_TRUE(simd_flags("").empty());
}

TEST(Processor, KnowsAGuestByItsFlag) {
  EXPECT_TRUE(has_hypervisor_flag(guest));
  EXPECT_FALSE(has_hypervisor_flag(bare_metal));
}

TEST(Processor, GovernorAndClocksComeFromCpufreq) {
  RecordedTree tree;
  tree.add("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
      .add("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3750000\n")
      .add("sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq", "2400000\n")
      .add("proc/cpuinfo", guest);
  EXPECT_EQ(governor(tree.root()), "powersave");
  EXPECT_EQ(max_mhz(tree.root()), 3750.0);
  EXPECT_EQ(cpu_mhz(3, tree.root()), 2400.0);
}

TEST(Processor, WithoutCpufreqTheClockIsThatOfTheSameCpu) {
  RecordedTree tree;
  tree.add("proc/cpuinfo", bare_metal);
  EXPECT_EQ(cpu_mhz(0, tree.root()), 3100.512);
  EXPECT_EQ(cpu_mhz(1, tree.root()), 1500.25);
  EXPECT_FALSE(cpu_mhz(2, tree.root()));
  EXPECT_FALSE(governor(tree.root()));
  EXPECT_FALSE(max_mhz(tree.root()));
}

TEST(Processor, AGuestsConstantClockIsNotReported) {
  RecordedTree tree;
  tree.add("proc/cpuinfo", guest);
  EXPECT_FALSE(cpu_mhz(0, tree.root()));
}

TEST(SchedulerState, SharesOfStolenTime) {
  RecordedTree tree;
  tree.add("proc/stat", "cpu  500 100 200 1000 50 25 25 100 40 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
      .add("proc/loadavg", "0.59 0.17 0.05 1/100 4242\n");
  EXPECT_DOUBLE_EQ(steal_fraction(tree.root()).value(), 0.05) << "guests are not counted twice";
  EXPECT_EQ(load_1min(tree.root()), 0.59);
  EXPECT_GT(read_scheduler_state(tree.root()).steal_s, 0);
}

TEST(SchedulerState, WhatCannotBeReadIsNotThere) {
  RecordedTree tree;
  EXPECT_FALSE(steal_fraction(tree.root()));
  EXPECT_FALSE(load_1min(tree.root()));
  EXPECT_FALSE(read_scheduler_state(tree.root()).cpu_mhz);
  EXPECT_FALSE(cpu_ticks("cpu  1 2 3\n")) << "kernels before 2.6 had no steal";
  EXPECT_FALSE(cpu_ticks("intr 1 2 3 4 5 6 7 8\n"));
}

TEST(SchedulerState, CountersGrow) {
  const ClockReading before = read_scheduler_state();
  const ClockReading after = read_scheduler_state();
  EXPECT_GE(after.steal_s, before.steal_s);
  EXPECT_GE(after.involuntary_switches, before.involuntary_switches);
}

}  // namespace
}  // namespace breakeven
