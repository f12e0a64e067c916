#include "benchmarks/harness/machine/record.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "benchmarks/harness/machine/affinity.h"
#include "benchmarks/harness/machine/build.h"
#include "benchmarks/harness/machine/cgroup.h"
#include "benchmarks/harness/machine/gpu_status.h"
#include "benchmarks/harness/machine/gpus.h"
#include "benchmarks/harness/machine/host.h"
#include "benchmarks/harness/machine/processor.h"
#include "benchmarks/harness/machine/scheduler_state.h"
#include "benchmarks/harness/machine/topology.h"

namespace breakeven {
namespace {

template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

Json cpu_record() {
  const std::string cpuinfo = read_text("/", "proc/cpuinfo").value_or("");
  const Topology& built = topology();
  Json caches = Json::array();
  for (const Cache& cache : built.caches) {
    caches.push_back(
        {{"level", cache.level}, {"bytes", cache.bytes}, {"shared_by", cache.shared_by}});
  }
  return {{"model", cpu_model(cpuinfo)},
          {"sockets", built.sockets},
          {"cores", built.cores()},
          {"hardware_threads", built.hardware_threads()},
          {"usable_threads", usable_threads()},
          {"affinity", format_cpu_list(allowed_cpus())},
          {"quota", value_or_null(cgroup_limits().cpus)},
          {"smt", built.hardware_threads() > built.cores()},
          {"simd", simd_flags(cpuinfo)},
          {"numa_nodes", built.numa_nodes},
          {"caches", caches},
          {"governor", value_or_null(governor())},
          {"max_mhz", value_or_null(max_mhz())}};
}

Json cuda_record(const CudaStatus& status) {
  return {{"status", status.status},
          {"reason", value_or_null(status.reason)},
          {"toolkit", value_or_null(status.toolkit)},
          {"driver", value_or_null(status.driver)},
          {"driver_cuda", value_or_null(status.driver_cuda)}};
}

Json gpu_record(const Gpu& gpu) {
  return {{"name", gpu.name},
          {"compute_capability", gpu.compute_capability},
          {"sms", gpu.sms},
          {"memory_bytes", gpu.memory_bytes},
          {"l2_bytes", gpu.l2_bytes},
          {"sm_clock_mhz", value_or_null(gpu.sm_clock_mhz)},
          {"sm_clock_max_mhz", value_or_null(gpu.sm_clock_max_mhz)},
          {"memory_clock_mhz", value_or_null(gpu.memory_clock_mhz)},
          {"power_limit_w", value_or_null(gpu.power_limit_w)},
          {"link_now", value_or_null(gpu.link_now)},
          {"link_max", value_or_null(gpu.link_max)},
          {"ecc", value_or_null(gpu.ecc)},
          {"mig", value_or_null(gpu.mig)},
          {"other_processes", value_or_null(gpu.other_processes)}};
}

std::string mode(const char* name, const Json& value) {
  return fmt::format("{} {}", name, value.is_null() ? "unknown" : value.get<bool>() ? "on" : "off");
}

}  // namespace

Json machine_record() {
  const CudaStatus& cuda = cuda_status();  // first: it initialises the driver that read_gpus asks
  Json gpus = Json::array();
  for (const Gpu& gpu : read_gpus(cuda_driver(), nvml())) gpus.push_back(gpu_record(gpu));
  return {{"host", host_name()},
          {"os", os_name()},
          {"kernel", kernel_release()},
          {"container", value_or_null(container())},
          {"virtualization", value_or_null(virtualization())},
          {"cpu", cpu_record()},
          {"memory_bytes", memory_bytes()},
          {"load_1min", value_or_null(load_1min())},
          {"steal_fraction", value_or_null(steal_fraction())},
          {"compiler", compiler()},
          {"build", build()},
          {"cuda", cuda_record(cuda)},
          {"gpus", gpus}};
}

std::string fingerprint(const Json& record) {
  const Json& cpu = record.at("cpu");
  std::string key = fmt::format("{}|{} cores", cpu.at("model").get<std::string>(),
                                cpu.at("usable_threads").get<int>());
  if (record.at("gpus").empty()) return key + "|none|none|none|none|none";
  const Json& gpu = record.at("gpus").front();
  const Json& power = gpu.at("power_limit_w");
  const Json& link = gpu.at("link_max");
  return key + fmt::format(
                   "|{}|{}|{}|{}|{}", gpu.at("name").get<std::string>(),
                   power.is_null() ? "power unknown" : fmt::format("{:.0f} W", power.get<double>()),
                   mode("ECC", gpu.at("ecc")), mode("MIG", gpu.at("mig")),
                   link.is_null() ? "link unknown" : link.get<std::string>());
}

}  // namespace breakeven
