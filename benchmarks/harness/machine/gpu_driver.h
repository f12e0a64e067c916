#pragma once

#include <cstddef>

namespace breakeven {

/// NVIDIA's driver library (libcuda), opened at run time: a machine without a driver has none. The
/// few functions that the machine record needs, with the types and numbers of CUDA's driver API,
/// which never change; null where the library lacks one. None of them creates a context.
struct CudaDriver {
  int (*init)(unsigned flags) = nullptr;                              // cuInit
  int (*version)(int* version) = nullptr;                             // cuDriverGetVersion
  int (*device_count)(int* count) = nullptr;                          // cuDeviceGetCount
  int (*device)(int* device, int ordinal) = nullptr;                  // cuDeviceGet
  int (*name)(char* name, int length, int device) = nullptr;          // cuDeviceGetName
  int (*total_memory)(std::size_t* bytes, int device) = nullptr;      // cuDeviceTotalMem
  int (*attribute)(int* value, int attribute, int device) = nullptr;  // cuDeviceGetAttribute
  int (*pci_bus_id)(char* id, int length, int device) = nullptr;      // cuDeviceGetPCIBusId

  bool loaded() const { return init && version && device_count; }
};

/// The driver found on this machine; not `loaded()` where there is none. The library stays open.
const CudaDriver& cuda_driver();

}  // namespace breakeven
