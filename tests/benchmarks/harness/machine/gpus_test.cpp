#include "benchmarks/harness/machine/gpus.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

namespace breakeven {
namespace {

/// A driver and an NVML that tell of one H100, as the real ones do.
CudaDriver one_gpu() {
  CudaDriver driver;
  driver.init = [](unsigned) { return 0; };
  driver.version = [](int*) { return 0; };
  driver.device_count = [](int* count) { return *count = 1, 0; };
  driver.device = [](int* device, int ordinal) { return *device = ordinal, 0; };
  driver.name = [](char* name, int length, int) {
    return std::strncpy(name, "NVIDIA H100 80GB HBM3", length), 0;
  };
  driver.total_memory = [](std::size_t* bytes, int) { return *bytes = 85'000'000'000, 0; };
  driver.attribute = [](int* value, int attribute, int) {
    *value = attribute == 16 ? 132 : attribute == 38 ? 52'428'800 : attribute == 75 ? 9 : 0;
    return 0;
  };
  driver.pci_bus_id = [](char* id, int length, int) {
    return std::strncpy(id, "0000:1B:00.0", length), 0;
  };
  return driver;
}

Nvml full_nvml() {
  Nvml nvml;
  nvml.device_by_bus_id = [](const char* id, Nvml::DeviceHandle* device) {
    *device = reinterpret_cast<Nvml::DeviceHandle>(16);
    return std::strcmp(id, "0000:1B:00.0") == 0 ? 0 : 2;
  };
  nvml.clock = [](Nvml::DeviceHandle, Nvml::Clock which, unsigned* mhz) {
    return *mhz = which == Nvml::sm_clock ? 345 : 2619, 0;
  };
  nvml.max_clock = [](Nvml::DeviceHandle, Nvml::Clock, unsigned* mhz) { return *mhz = 1980, 0; };
  nvml.power_limit = [](Nvml::DeviceHandle, unsigned* mw) { return *mw = 700'000, 0; };
  nvml.link_generation = [](Nvml::DeviceHandle, unsigned* value) { return *value = 1, 0; };
  nvml.link_width = [](Nvml::DeviceHandle, unsigned* value) { return *value = 16, 0; };
  nvml.max_link_generation = [](Nvml::DeviceHandle, unsigned* value) { return *value = 5, 0; };
  nvml.max_link_width = [](Nvml::DeviceHandle, unsigned* value) { return *value = 16, 0; };
  nvml.ecc_mode = [](Nvml::DeviceHandle, int* now, int* later) { return *now = *later = 1, 0; };
  nvml.mig_mode = [](Nvml::DeviceHandle, unsigned* now, unsigned*) { return *now = 0, 0; };
  nvml.compute_processes = [](Nvml::DeviceHandle, unsigned* count, Nvml::Process* processes) {
    processes[0].pid = static_cast<unsigned>(getpid());
    processes[1].pid = 1;
    return *count = 2, 0;
  };
  return nvml;
}

TEST(Gpus, TellsWhatDriverAndNvmlSay) {
  const auto gpus = read_gpus(one_gpu(), full_nvml());
  ASSERT_EQ(gpus.size(), 1u);
  const Gpu& gpu = gpus.front();
  EXPECT_EQ(gpu.name, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(gpu.compute_capability, "9.0");
  EXPECT_EQ(gpu.sms, 132);
  EXPECT_EQ(gpu.memory_bytes, 85'000'000'000u);
  EXPECT_EQ(gpu.l2_bytes, 52'428'800u);
  EXPECT_EQ(gpu.sm_clock_mhz, 345.0);
  EXPECT_EQ(gpu.memory_clock_mhz, 2619.0);
  EXPECT_EQ(gpu.sm_clock_max_mhz, 1980.0);
  EXPECT_EQ(gpu.power_limit_w, 700.0);
  EXPECT_EQ(gpu.link_now, "gen 1 x16");
  EXPECT_EQ(gpu.link_max, "gen 5 x16");
  EXPECT_EQ(gpu.ecc, true);
  EXPECT_EQ(gpu.mig, false);
  EXPECT_EQ(gpu.other_processes, 1) << "this process does not count";
}

TEST(Gpus, WithoutNvmlItsPartIsUnknown) {
  const auto gpus = read_gpus(one_gpu(), Nvml{});
  ASSERT_EQ(gpus.size(), 1u);
  EXPECT_EQ(gpus.front().sms, 132);
  EXPECT_FALSE(gpus.front().sm_clock_mhz);
  EXPECT_FALSE(gpus.front().link_max);
  EXPECT_FALSE(gpus.front().ecc);
  EXPECT_FALSE(gpus.front().other_processes);
}

TEST(Gpus, WhatNvmlRefusesIsUnknown) {
  Nvml nvml = full_nvml();
  nvml.ecc_mode = [](Nvml::DeviceHandle, int*, int*) { return 3; };  // not supported
  nvml.power_limit = [](Nvml::DeviceHandle, unsigned*) { return 3; };
  const auto gpus = read_gpus(one_gpu(), nvml);
  EXPECT_FALSE(gpus.front().ecc);
  EXPECT_FALSE(gpus.front().power_limit_w);
}

TEST(Gpus, WithoutADriverThereAreNone) { EXPECT_TRUE(read_gpus(CudaDriver{}, Nvml{}).empty()); }

}  // namespace
}  // namespace breakeven
