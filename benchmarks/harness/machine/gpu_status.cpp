#include "benchmarks/harness/machine/gpu_status.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "benchmarks/harness/machine/host.h"

#if BREAKEVEN_CUDA
#include <cuda_runtime_api.h>
#endif

namespace breakeven {
namespace {

namespace fs = std::filesystem;

/// CUresult
enum InitStatus : int {
  success = 0,
  stub_library = 34,
  no_device = 100,
  driver_mismatch = 803,
};

/// 13020 is "13.2".
std::string cuda_version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

/// The first driver that runs programs of a toolkit's major version (minor versions are
/// compatible).
std::string first_driver(int toolkit) {
  switch (toolkit / 1000) {
    case 11:
      return " (driver 450 or newer)";
    case 12:
      return " (driver 525 or newer)";
    case 13:
      return " (driver 580 or newer)";
    default:
      return "";
  }
}

void say(CudaStatus& status, const char* what, std::string reason,
         std::optional<std::string> advice = std::nullopt) {
  status.status = what;
  status.reason = std::move(reason);
  status.advice = std::move(advice);
}

void no_driver(const CudaFacts& facts, CudaStatus& status) {
  if (facts.wsl) {
    say(status, "no_driver", "no NVIDIA driver in this WSL (no libcuda in /usr/lib/wsl/lib)",
        "install the NVIDIA driver on the Windows side, then `wsl --update`; none inside WSL");
  } else if (facts.gpu_on_bus) {
    say(status, "no_driver",
        "an NVIDIA GPU is on the PCI bus, but its driver is not installed here",
        facts.in_container ? "start the container with `--gpus all` (nvidia-container-toolkit)"
                           : "install NVIDIA's driver");
  } else {
    say(status, "no_driver", "no NVIDIA driver on this machine");
  }
}

void no_gpu(const CudaFacts& facts, CudaStatus& status) {
  if (facts.visible_devices) {
    say(status, "no_device",
        "no CUDA device visible: CUDA_VISIBLE_DEVICES is \"" + *facts.visible_devices + "\"",
        "unset CUDA_VISIBLE_DEVICES or name a device that is there");
  } else {
    say(status, "no_device", "the NVIDIA driver finds no GPU",
        facts.in_container ? std::optional("start the container with `--gpus all`") : std::nullopt);
  }
}

/// Whether an NVIDIA (10de) display or 3D controller (class 03) sits on the PCI bus.
bool gpu_on_bus(const Root& root) {
  std::error_code error;
  for (const auto& device : fs::directory_iterator(root / "sys/bus/pci/devices", error)) {
    const auto vendor = read_text("/", device.path() / "vendor");
    const auto kind = read_text("/", device.path() / "class");
    if (vendor && kind && trim(*vendor) == "0x10de" && kind->starts_with("0x03")) return true;
  }
  return false;
}

bool nodes_refused(const Root& root) {
  for (const char* name : {"dev/nvidiactl", "dev/nvidia0", "dev/nvidia-uvm"}) {
    const fs::path node = root / name;
    if (access(node.c_str(), F_OK) == 0 && access(node.c_str(), R_OK | W_OK) != 0) return true;
  }
  return false;
}

std::string driver_version(const Nvml& nvml, const Root& root) {
  std::array<char, 96> version{};
  if (nvml.driver_version && nvml.driver_version(version.data(), version.size()) == Nvml::success) {
    return version.data();
  }
  return std::string(trim(read_text(root, "sys/module/nvidia/version").value_or("")));
}

}  // namespace

CudaStatus judge(const CudaFacts& facts) {
  CudaStatus status;
  if (facts.toolkit) status.toolkit = cuda_version(facts.toolkit);
  if (facts.driver_cuda) status.driver_cuda = cuda_version(facts.driver_cuda);
  if (!facts.driver.empty()) status.driver = facts.driver;

  if (!facts.toolkit) {
    say(status, "not_built", "built without CUDA",
        facts.library_loaded
            ? std::optional("an NVIDIA driver is here: `./breakeven build --cuda` builds that half")
            : std::nullopt);
  } else if (!facts.library_loaded) {
    no_driver(facts, status);
  } else if (facts.driver_cuda && facts.driver_cuda / 1000 < facts.toolkit / 1000) {
    say(status, "driver_too_old",
        "driver too old for this toolkit: has " +
            (facts.driver.empty() ? "" : "driver " + facts.driver + " with ") + "CUDA " +
            *status.driver_cuda + ", needs CUDA " + *status.toolkit + first_driver(facts.toolkit),
        "update the driver, or build with a toolkit of CUDA " +
            std::to_string(facts.driver_cuda / 1000));
  } else if (facts.init_status == success && facts.devices > 0) {
    status.status = "ok";
  } else if (facts.nodes_refused) {
    say(status, "no_permission", "no permission to open /dev/nvidia*",
        "join the group that owns them (often `video` or `render`), or ask the administrator");
  } else if (facts.init_status == stub_library) {
    say(status, "error", "libcuda is the toolkit's stub, not a driver (cuInit returned 34)",
        "take the toolkit's `stubs` directory out of LD_LIBRARY_PATH");
  } else if (facts.init_status == driver_mismatch) {
    say(status, "error", "libcuda and the loaded kernel module differ (cuInit returned 803)",
        "reboot, or reload the nvidia kernel module, after an update of the driver");
  } else if (facts.init_status == success || facts.init_status == no_device) {
    no_gpu(facts, status);
  } else {
    say(status, "error", "cuInit returned " + std::to_string(facts.init_status),
        "see what `nvidia-smi` and the kernel's log (`dmesg | grep -i nvrm`) say");
  }
  return status;
}

CudaFacts cuda_facts(const CudaDriver& driver, const Nvml& nvml, const Root& root) {
  CudaFacts facts;
#if BREAKEVEN_CUDA
  facts.toolkit = CUDART_VERSION;
#endif
  facts.wsl = is_wsl(root);
  facts.in_container = container(root).has_value();
  facts.gpu_on_bus = gpu_on_bus(root);
  facts.nodes_refused = nodes_refused(root);
  facts.driver = driver_version(nvml, root);
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) facts.visible_devices = visible;
  facts.library_loaded = driver.loaded();
  if (facts.library_loaded) {
    // Answers before cuInit too, and on a driver that is too old.
    if (driver.version(&facts.driver_cuda) != success) facts.driver_cuda = 0;
    facts.init_status = driver.init(0);
    if (facts.init_status == success && driver.device_count(&facts.devices) != success) {
      facts.devices = 0;
    }
  }
  return facts;
}

const CudaStatus& cuda_status() {
  static const CudaStatus here = judge(cuda_facts(cuda_driver(), nvml()));
  return here;
}

std::string cuda_absence() { return cuda_status().reason.value_or(""); }

}  // namespace breakeven
