#include "benchmarks/harness/machine/gpus.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace breakeven {
namespace {

/// CUdevice_attribute
enum Attribute : int {
  multiprocessors = 16,
  l2_cache_bytes = 38,
  capability_major = 75,
  capability_minor = 76
};

/// What an NVML function that takes a device and one number says, scaled.
std::optional<double> ask(int (*function)(Nvml::DeviceHandle, unsigned*), Nvml::DeviceHandle device,
                          double scale) {
  unsigned value = 0;
  if (!function || function(device, &value) != Nvml::success) return std::nullopt;
  return value * scale;
}

std::optional<double> ask(int (*function)(Nvml::DeviceHandle, Nvml::Clock, unsigned*),
                          Nvml::DeviceHandle device, Nvml::Clock clock) {
  unsigned mhz = 0;
  if (!function || function(device, clock, &mhz) != Nvml::success) return std::nullopt;
  return mhz;
}

/// The same for a mode: current and pending, 0 or 1.
template <class Number>
std::optional<bool> ask(int (*function)(Nvml::DeviceHandle, Number*, Number*),
                        Nvml::DeviceHandle device) {
  Number current = 0;
  Number pending = 0;
  if (!function || function(device, &current, &pending) != Nvml::success) return std::nullopt;
  return current != 0;
}

std::optional<std::string> link(std::optional<double> generation, std::optional<double> lanes) {
  if (!generation || !lanes || *generation == 0) return std::nullopt;
  return "gen " + std::to_string(static_cast<int>(*generation)) + " x" +
         std::to_string(static_cast<int>(*lanes));
}

std::optional<int> other_processes(const Nvml& nvml, Nvml::DeviceHandle device) {
  if (!nvml.compute_processes) return std::nullopt;
  std::array<Nvml::Process, 256> processes{};
  unsigned count = processes.size();
  const int status = nvml.compute_processes(device, &count, processes.data());
  if (status == Nvml::insufficient_size) return static_cast<int>(count);
  if (status != Nvml::success) return std::nullopt;
  const auto self = static_cast<unsigned>(getpid());
  return static_cast<int>(std::count_if(processes.begin(), processes.begin() + count,
                                        [&](const auto& other) { return other.pid != self; }));
}

void add_nvml(Gpu& gpu, const Nvml& nvml, Nvml::DeviceHandle device) {
  gpu.sm_clock_mhz = ask(nvml.clock, device, Nvml::sm_clock);
  gpu.sm_clock_max_mhz = ask(nvml.max_clock, device, Nvml::sm_clock);
  gpu.memory_clock_mhz = ask(nvml.clock, device, Nvml::memory_clock);
  gpu.power_limit_w = ask(nvml.power_limit, device, 1e-3);
  gpu.link_now = link(ask(nvml.link_generation, device, 1), ask(nvml.link_width, device, 1));
  gpu.link_max =
      link(ask(nvml.max_link_generation, device, 1), ask(nvml.max_link_width, device, 1));
  gpu.ecc = ask(nvml.ecc_mode, device);
  gpu.mig = ask(nvml.mig_mode, device);
  gpu.other_processes = other_processes(nvml, device);
}

}  // namespace

std::vector<Gpu> read_gpus(const CudaDriver& driver, const Nvml& nvml) {
  std::vector<Gpu> gpus;
  int count = 0;
  if (!driver.loaded() || driver.device_count(&count) != 0) return gpus;
  const bool complete = driver.device && driver.name && driver.total_memory && driver.attribute;
  for (int ordinal = 0; complete && ordinal < count; ++ordinal) {
    int device = 0;
    std::array<char, 256> name{};
    Gpu gpu;
    if (driver.device(&device, ordinal) != 0 ||
        driver.name(name.data(), static_cast<int>(name.size()), device) != 0 ||
        driver.total_memory(&gpu.memory_bytes, device) != 0) {
      continue;
    }
    const auto attribute = [&](Attribute which) {
      int value = 0;
      return driver.attribute(&value, which, device) == 0 ? value : 0;
    };
    gpu.name = name.data();
    gpu.compute_capability = std::to_string(attribute(capability_major)) + "." +
                             std::to_string(attribute(capability_minor));
    gpu.sms = attribute(multiprocessors);
    gpu.l2_bytes = static_cast<std::size_t>(attribute(l2_cache_bytes));

    std::array<char, 32> bus_id{};
    const bool located =
        driver.pci_bus_id &&
        driver.pci_bus_id(bus_id.data(), static_cast<int>(bus_id.size()), device) == 0;
    if (Nvml::DeviceHandle handle = located ? nvml.find(bus_id.data()) : nullptr) {
      add_nvml(gpu, nvml, handle);
    }
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

}  // namespace breakeven
