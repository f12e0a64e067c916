#include "benchmarks/harness/machine/gpu_status.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/harness/machine/recorded_tree.h"

namespace breakeven {
namespace {

/// A machine on which everything works.
CudaFacts working() {
  CudaFacts facts;
  facts.toolkit = 13000;
  facts.library_loaded = true;
  facts.driver_cuda = 13020;
  facts.driver = "590.44.01";
  facts.devices = 1;
  facts.gpu_on_bus = true;
  return facts;
}

TEST(CudaStatus, Ok) {
  const CudaStatus status = judge(working());
  EXPECT_EQ(status.status, "ok");
  EXPECT_FALSE(status.reason);
  EXPECT_EQ(status.toolkit, "13.0");
  EXPECT_EQ(status.driver, "590.44.01");
  EXPECT_EQ(status.driver_cuda, "13.2");
}

TEST(CudaStatus, NotBuilt) {
  CudaFacts facts = working();
  facts.toolkit = 0;
  EXPECT_EQ(judge(facts).status, "not_built");
  EXPECT_EQ(judge(facts).reason, "built without CUDA");
  EXPECT_TRUE(judge(facts).advice) << "a driver is there";
  EXPECT_FALSE(judge(CudaFacts{}).advice) << "nothing is there";
}

TEST(CudaStatus, NoDriver) {
  CudaFacts facts;
  facts.toolkit = 13000;
  EXPECT_EQ(judge(facts).status, "no_driver");
  EXPECT_EQ(judge(facts).reason, "no NVIDIA driver on this machine");
  facts.gpu_on_bus = true;
  EXPECT_NE(judge(facts).reason->find("PCI bus"), std::string::npos);
  const auto on_host = judge(facts).advice;
  facts.in_container = true;
  EXPECT_NE(judge(facts).advice, on_host);
  facts.wsl = true;
  EXPECT_NE(judge(facts).reason->find("WSL"), std::string::npos);
}

TEST(CudaStatus, ADriverTooOldNamesBothVersions) {
  CudaFacts facts = working();
  facts.driver_cuda = 12020;
  facts.driver = "535.104.05";
  const CudaStatus status = judge(facts);
  EXPECT_EQ(status.status, "driver_too_old");
  EXPECT_EQ(*status.reason,
            "driver too old for this toolkit: has driver 535.104.05 with CUDA 12.2, needs CUDA "
            "13.0 (driver 580 or newer)");
}

TEST(CudaStatus, AnOlderMinorVersionIsNotTooOld) {
  CudaFacts facts = working();
  facts.toolkit = 13020;
  facts.driver_cuda = 13000;
  EXPECT_EQ(judge(facts).status, "ok");
}

TEST(CudaStatus, NoPermissionIsToldFromNoDevice) {
  CudaFacts facts = working();
  facts.devices = 0;
  facts.init_status = 100;
  EXPECT_EQ(judge(facts).status, "no_device");
  facts.nodes_refused = true;
  EXPECT_EQ(judge(facts).status, "no_permission");
}

TEST(CudaStatus, HiddenDevicesNameTheVariable) {
  CudaFacts facts = working();
  facts.devices = 0;
  facts.init_status = 100;
  facts.visible_devices = "";
  EXPECT_NE(judge(facts).reason->find("CUDA_VISIBLE_DEVICES"), std::string::npos);
}

TEST(CudaStatus, OtherErrorsKeepTheirNumber) {
  CudaFacts facts = working();
  facts.devices = 0;
  for (int code : {34, 803, 999}) {
    facts.init_status = code;
    EXPECT_EQ(judge(facts).status, "error");
    EXPECT_NE(judge(facts).reason->find(std::to_string(code)), std::string::npos);
  }
}

TEST(CudaStatus, EveryRefusalHasAOneLineReason) {
  CudaFacts facts = working();
  facts.init_status = 802;
  facts.devices = 0;
  const CudaStatus status = judge(facts);
  ASSERT_TRUE(status.reason);
  EXPECT_EQ(status.reason->find('\n'), std::string::npos);
}

TEST(CudaFactsOf, AMachineWithoutAnything) {
  RecordedTree tree;
  const CudaFacts facts = cuda_facts(CudaDriver{}, Nvml{}, tree.root());
  EXPECT_FALSE(facts.library_loaded);
  EXPECT_FALSE(facts.gpu_on_bus);
  EXPECT_FALSE(facts.nodes_refused);
  EXPECT_EQ(facts.driver, "");
}

TEST(CudaFactsOf, TheBusAndTheDriverAreRead) {
  RecordedTree tree;
  tree.add("sys/bus/pci/devices/0000:00:01.0/vendor", "0x10de\n")
      .add("sys/bus/pci/devices/0000:00:01.0/class", "0x040300\n")  // its sound
      .add("sys/module/nvidia/version", "580.65.06\n");
  EXPECT_FALSE(cuda_facts(CudaDriver{}, Nvml{}, tree.root()).gpu_on_bus);
  tree.add("sys/bus/pci/devices/0000:00:02.0/vendor", "0x10de\n")
      .add("sys/bus/pci/devices/0000:00:02.0/class", "0x030200\n");
  const CudaFacts facts = cuda_facts(CudaDriver{}, Nvml{}, tree.root());
  EXPECT_TRUE(facts.gpu_on_bus);
  EXPECT_EQ(facts.driver, "580.65.06");
}

TEST(CudaFactsOf, TheDriverIsAsked) {
  CudaDriver driver;
  driver.init = [](unsigned) { return 0; };
  driver.version = [](int* version) { return *version = 13000, 0; };
  driver.device_count = [](int* count) { return *count = 2, 0; };
  RecordedTree tree;
  const CudaFacts facts = cuda_facts(driver, Nvml{}, tree.root());
  EXPECT_TRUE(facts.library_loaded);
  EXPECT_EQ(facts.driver_cuda, 13000);
  EXPECT_EQ(facts.devices, 2);
}

TEST(CudaFactsOf, ADriverThatRefusesToStartHasNoDevices) {
  CudaDriver driver;
  driver.init = [](unsigned) { return 100; };
  driver.version = [](int*) { return 3; };
  driver.device_count = [](int*) { return 3; };
  RecordedTree tree;
  const CudaFacts facts = cuda_facts(driver, Nvml{}, tree.root());
  EXPECT_EQ(facts.init_status, 100);
  EXPECT_EQ(facts.driver_cuda, 0);
  EXPECT_EQ(facts.devices, 0);
}

TEST(CudaAbsence, IsEmptyExactlyWhenADeviceCanBeUsed) {
  EXPECT_EQ(cuda_absence().empty(), cuda_status().status == "ok");
}

}  // namespace
}  // namespace breakeven
