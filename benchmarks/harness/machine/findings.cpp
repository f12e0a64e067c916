#include "benchmarks/harness/machine/findings.h"

#include <fmt/format.h>

#include "benchmarks/harness/machine/affinity.h"
#include "benchmarks/harness/machine/text.h"

namespace breakeven {
namespace {

using Findings = std::vector<Finding>;
using enum Finding::Severity;

constexpr double kBusyLoadPerCore = 0.5;
constexpr double kMuchSteal = 0.01;
constexpr std::uint64_t kLittleMemory = std::uint64_t{4} << 30;

void build_findings(const Json& record, Findings& found) {
  const auto build = record.at("build").get<std::string>();
  if (build != "optimised") {
    found.push_back({warning, "this build is not for measuring: " + build,
                     "build with CMAKE_BUILD_TYPE=Release and without sanitizers"});
  }
}

void cpu_findings(const Json& record, Findings& found) {
  const Json& cpu = record.at("cpu");
  const int usable = cpu.at("usable_threads");
  if (const Json& governor = cpu.at("governor"); !governor.is_null() && governor != "performance") {
    found.push_back({warning,
                     fmt::format("the frequency governor is {}: clocks ramp up while measuring",
                                 governor.get<std::string>()),
                     "sudo cpupower frequency-set -g performance"});
  }
  if (const Json& load = record.at("load_1min");
      !load.is_null() && load.get<double>() > kBusyLoadPerCore * usable) {
    found.push_back({warning,
                     fmt::format("other work is running: load {:.2f} on {} usable cores",
                                 load.get<double>(), usable),
                     "stop it, or wait until the load has fallen"});
  }
  if (const Json& steal = record.at("steal_fraction");
      !steal.is_null() && steal.get<double>() > kMuchSteal) {
    found.push_back({warning,
                     fmt::format("the hypervisor took {:.1f} % of the CPU time since boot",
                                 100 * steal.get<double>()),
                     "use a dedicated or larger instance, or more repetitions"});
  }
  const int allowed = count_cpu_list(cpu.at("affinity").get<std::string>());
  if (const Json& quota = cpu.at("quota"); !quota.is_null() && quota.get<double>() < allowed) {
    found.push_back({warning,
                     fmt::format("a CPU quota of {:g} cores is spread over {} CPUs: threads are "
                                 "stopped whenever it is used up",
                                 quota.get<double>(), allowed),
                     "give whole CPUs instead (docker --cpuset-cpus, Slurm --cpus-per-task)"});
  }
  if (cpu.at("smt").get<bool>() && allowed > usable) {
    found.push_back({note, "SMT is on: two threads may land on one core",
                     "OMP_PLACES=cores OMP_PROC_BIND=close keeps one thread on each"});
  }
}

void system_findings(const Json& record, Findings& found) {
  const Json& cpu = record.at("cpu");
  if (const auto memory = record.at("memory_bytes").get<std::uint64_t>(); memory < kLittleMemory) {
    found.push_back({note,
                     fmt::format("only {:.1f} GiB of memory: large problems will be skipped",
                                 static_cast<double>(memory) / 0x1p30),
                     "raise the container's limit, or choose a larger machine"});
  }
  if (const Json& hypervisor = record.at("virtualization"); !hypervisor.is_null()) {
    found.push_back(
        {note,
         fmt::format("a virtual machine ({}): neighbours share caches, memory and "
                     "clock, and the caches reported may be the host's",
                     hypervisor.get<std::string>()),
         "compare within one run; repeat at another hour before trusting a small gain"});
  }
  const Json& container = record.at("container");
  const bool boxed = !container.is_null() && container != "wsl";
  if (boxed && cpu.at("quota").is_null() &&
      count_cpu_list(cpu.at("affinity").get<std::string>()) >=
          cpu.at("hardware_threads").get<int>()) {
    found.push_back({note,
                     fmt::format("a container ({}) without CPUs of its own: others may run on them",
                                 container.get<std::string>()),
                     "give it some (docker --cpuset-cpus)"});
  }
  if (container == "wsl") {
    found.push_back({note, "WSL: launches and copies pass through Windows and cost more",
                     "measure on native Linux to quote launch overhead or small problems"});
  }
}

void cuda_findings(const Json& record, const std::string& advice, Findings& found) {
  const Json& cuda = record.at("cuda");
  if (cuda.at("status") != "ok") {
    found.push_back(
        {missing, "no CUDA measurement: " + cuda.at("reason").get<std::string>(), advice});
  }
}

void gpu_findings(const Json& gpu, Findings& found) {
  const auto name = gpu.at("name").get<std::string>();
  if (const Json& others = gpu.at("other_processes"); !others.is_null() && others.get<int>() > 0) {
    found.push_back({warning,
                     fmt::format("{}: {} other processes hold it", name, others.get<int>()),
                     "stop them (`nvidia-smi` lists them), or choose another GPU by "
                     "CUDA_VISIBLE_DEVICES"});
  }
  if (gpu.at("mig") == true) {
    found.push_back({note, name + ": MIG is on, a slice of the card is measured",
                     "figures hold for this slice only; the fingerprint says so"});
  }
  if (gpu.at("ecc") == true) {
    found.push_back({note, name + ": ECC is on and may cost bandwidth",
                     "compare only with cards that have it on too; the fingerprint says so"});
  }
  // "gen 4 x16": the generation falls on an idle card, the number of lanes does not.
  const Json& now = gpu.at("link_now");
  const Json& most = gpu.at("link_max");
  if (!now.is_null() && !most.is_null()) {
    const auto lanes = [](const Json& link) {
      const auto text = link.get<std::string>();
      return text.substr(text.find('x') + 1);
    };
    if (lanes(now) != lanes(most)) {
      found.push_back(
          {warning,
           fmt::format("{}: the PCIe link runs with {} of {} lanes", name, lanes(now), lanes(most)),
           "seat the card again or use another slot"});
    }
  }
  const Json& clock = gpu.at("sm_clock_max_mhz");
  if (clock.is_null()) {
    found.push_back({note, name + ": NVML tells no clocks, so that throttling cannot be seen",
                     "install the driver's libnvidia-ml"});
  }
}

}  // namespace

std::string_view name_of(Finding::Severity severity) {
  return severity == note ? "note" : severity == warning ? "warning" : "missing";
}

Findings findings(const Json& record, const std::vector<Library>& libraries,
                  const std::string& cuda_advice) {
  Findings found;
  build_findings(record, found);
  cpu_findings(record, found);
  for (const Library& library : libraries) {
    if (!library.problem.empty()) {
      found.push_back({warning, library.name + ": " + library.problem, ""});
    }
  }
  system_findings(record, found);
  cuda_findings(record, cuda_advice, found);
  for (const Json& gpu : record.at("gpus")) gpu_findings(gpu, found);
  return found;
}

}  // namespace breakeven
