#include "benchmarks/harness/machine/gpu_driver.h"

#include "benchmarks/harness/machine/shared_object.h"

namespace breakeven {

const CudaDriver& cuda_driver() {
  static const CudaDriver driver = [] {
    // WSL keeps its own in a directory that the loader of some distributions does not search.
    const SharedObject library({"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"});
    CudaDriver found;
    library.load(found.init, "cuInit");
    library.load(found.version, "cuDriverGetVersion");
    library.load(found.device_count, "cuDeviceGetCount");
    library.load(found.device, "cuDeviceGet");
    library.load(found.name, "cuDeviceGetName");
    library.load(found.total_memory, "cuDeviceTotalMem_v2");
    library.load(found.attribute, "cuDeviceGetAttribute");
    library.load(found.pci_bus_id, "cuDeviceGetPCIBusId");
    return found;
  }();
  return driver;
}

}  // namespace breakeven
