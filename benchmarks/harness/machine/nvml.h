#pragma once

namespace breakeven {

/// NVIDIA's management library (NVML), opened at run time: what the driver API does not tell. The
/// few functions that are used, with the types and numbers of nvml.h, which never change; null
/// where the library lacks one.
struct Nvml {
  using DeviceHandle = struct nvmlDevice_st*;
  struct Process {  // nvmlProcessInfo_v2_t
    unsigned pid;
    unsigned long long memory_bytes;
    unsigned gpu_instance;
    unsigned compute_instance;
  };
  enum Clock : int { graphics_clock = 0, sm_clock = 1, memory_clock = 2 };
  enum Status : int { success = 0, insufficient_size = 7 };

  int (*init)() = nullptr;
  int (*driver_version)(char* version, unsigned length) = nullptr;
  int (*device_by_bus_id)(const char* pci_bus_id, DeviceHandle* device) = nullptr;
  int (*clock)(DeviceHandle, Clock, unsigned* mhz) = nullptr;
  int (*max_clock)(DeviceHandle, Clock, unsigned* mhz) = nullptr;
  int (*power_limit)(DeviceHandle, unsigned* milliwatts) = nullptr;
  int (*link_generation)(DeviceHandle, unsigned* generation) = nullptr;
  int (*link_width)(DeviceHandle, unsigned* lanes) = nullptr;
  int (*max_link_generation)(DeviceHandle, unsigned* generation) = nullptr;
  int (*max_link_width)(DeviceHandle, unsigned* lanes) = nullptr;
  int (*ecc_mode)(DeviceHandle, int* current, int* pending) = nullptr;
  int (*mig_mode)(DeviceHandle, unsigned* current, unsigned* pending) = nullptr;
  int (*compute_processes)(DeviceHandle, unsigned* count, Process* processes) = nullptr;

  /// The device at that PCI address; null where NVML does not know it.
  DeviceHandle find(const char* pci_bus_id) const;
};

/// The library found on this machine, initialised; every function null where there is none or it
/// refuses.
const Nvml& nvml();

}  // namespace breakeven
