#include "benchmarks/harness/machine/nvml.h"

#include "benchmarks/harness/machine/shared_object.h"

namespace breakeven {

Nvml::DeviceHandle Nvml::find(const char* pci_bus_id) const {
  DeviceHandle device = nullptr;
  if (!device_by_bus_id || device_by_bus_id(pci_bus_id, &device) != success) return nullptr;
  return device;
}

const Nvml& nvml() {
  static const Nvml library = [] {
    const SharedObject object({"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"});
    Nvml found;
    object.load(found.init, "nvmlInit_v2");
    if (!found.init || found.init() != Nvml::success) return Nvml{};
    object.load(found.driver_version, "nvmlSystemGetDriverVersion");
    object.load(found.device_by_bus_id, "nvmlDeviceGetHandleByPciBusId_v2");
    object.load(found.clock, "nvmlDeviceGetClockInfo");
    object.load(found.max_clock, "nvmlDeviceGetMaxClockInfo");
    object.load(found.power_limit, "nvmlDeviceGetEnforcedPowerLimit");
    object.load(found.link_generation, "nvmlDeviceGetCurrPcieLinkGeneration");
    object.load(found.link_width, "nvmlDeviceGetCurrPcieLinkWidth");
    object.load(found.max_link_generation, "nvmlDeviceGetMaxPcieLinkGeneration");
    object.load(found.max_link_width, "nvmlDeviceGetMaxPcieLinkWidth");
    object.load(found.ecc_mode, "nvmlDeviceGetEccMode");
    object.load(found.mig_mode, "nvmlDeviceGetMigMode");
    object.load(found.compute_processes, "nvmlDeviceGetComputeRunningProcesses_v3");
    return found;
  }();
  return library;
}

}  // namespace breakeven
