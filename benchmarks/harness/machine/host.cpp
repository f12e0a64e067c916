#include "benchmarks/harness/machine/host.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "benchmarks/harness/machine/cgroup.h"
#include "benchmarks/harness/machine/processor.h"

namespace breakeven {
namespace {

using Word = std::pair<const char*, const char*>;  // what is looked for, what it means

std::optional<std::string> meaning(std::string_view text, std::initializer_list<Word> words) {
  for (const auto& [word, name] : words) {
    if (text.find(word) != text.npos) return name;
  }
  return std::nullopt;
}

bool exists(const Root& root, const char* file) {
  std::error_code error;
  return std::filesystem::exists(root / file, error);
}

/// The hypervisor's signature: twelve letters at cpuid leaf 0x40000000.
std::string hypervisor_signature() {
#if defined(__x86_64__)
  std::array<unsigned, 4> registers{};
  __cpuid(0x40000000, registers[0], registers[1], registers[2], registers[3]);
  std::array<char, 13> letters{};
  std::memcpy(letters.data(), &registers[1], 12);
  return letters.data();
#else
  return "";
#endif
}

}  // namespace

std::string os_name(const Root& root) {
  const auto text = read_text(root, "etc/os-release");
  if (text) {
    constexpr std::string_view key = "PRETTY_NAME=";
    for (std::string_view line : split(*text, '\n')) {
      if (!line.starts_with(key)) continue;
      std::string name(trim(line.substr(key.size())));
      name.erase(
          std::remove_if(name.begin(), name.end(), [](char c) { return c == '"' || c == '\''; }),
          name.end());
      if (!name.empty()) return name;
    }
  }
  return "Linux";
}

std::string kernel_release(const Root& root) {
  const auto text = read_text(root, "proc/sys/kernel/osrelease");
  return text ? std::string(trim(*text)) : "unknown";
}

bool is_wsl(const Root& root) {
  const std::string release = kernel_release(root);
  return release.find("microsoft") != release.npos || release.find("Microsoft") != release.npos;
}

std::optional<std::string> container(const Root& root) {
  if (const char* name = std::getenv("container"); name && *name) return name;
  if (std::getenv("APPTAINER_CONTAINER") || std::getenv("SINGULARITY_CONTAINER"))
    return "apptainer";
  if (std::getenv("KUBERNETES_SERVICE_HOST")) return "kubernetes";
  if (exists(root, "run/.containerenv")) return "podman";
  if (exists(root, ".dockerenv")) return "docker";
  if (const auto name = read_text(root, "run/systemd/container"); name && !trim(*name).empty()) {
    return std::string(trim(*name));
  }
  const auto groups = read_text(root, "proc/1/cgroup");
  auto from_group = meaning(groups.value_or(""), {{"kubepods", "kubernetes"},
                                                  {"docker", "docker"},
                                                  {"libpod", "podman"},
                                                  {"containerd", "containerd"},
                                                  {"lxc", "lxc"}});
  if (from_group) return from_group;
  if (is_wsl(root)) return "wsl";
  return std::nullopt;
}

std::optional<std::string> virtualization(const Root& root) {
  const std::initializer_list<Word> firms = {{"Amazon EC2", "KVM (Amazon EC2)"},
                                             {"Google", "KVM (Google)"},
                                             {"QEMU", "QEMU"},
                                             {"Microsoft Corporation", "Microsoft Hyper-V"},
                                             {"VMware", "VMware"},
                                             {"innotek", "VirtualBox"},
                                             {"Xen", "Xen"},
                                             {"KVM", "KVM"}};
  const auto cpuinfo = read_text(root, "proc/cpuinfo");
  const auto vendor = read_text(root, "sys/class/dmi/id/sys_vendor");
  const auto product = read_text(root, "sys/class/dmi/id/product_name");
  const auto firmware = meaning(vendor.value_or("") + product.value_or(""), firms);
#if defined(__x86_64__)
  // The firms above also sell bare metal: there the flag is missing.
  if (!cpuinfo || !has_hypervisor_flag(*cpuinfo)) return std::nullopt;
  if (const auto name = meaning(hypervisor_signature(), {{"KVM", "KVM"},
                                                         {"Microsoft Hv", "Microsoft Hyper-V"},
                                                         {"VMware", "VMware"},
                                                         {"Xen", "Xen"},
                                                         {"TCG", "QEMU"},
                                                         {"bhyve", "bhyve"},
                                                         {"VBox", "VirtualBox"}})) {
    return name;
  }
  return firmware.value_or("unknown hypervisor");
#else
  const bool metal = product && product->find(".metal") != product->npos;
  return metal ? std::nullopt : firmware;
#endif
}

std::uint64_t memory_bytes(const Root& root) {
  const auto meminfo = read_text(root, "proc/meminfo");
  const auto line = meminfo ? value_of(*meminfo, "MemTotal") : std::nullopt;  // "24689196 kB"
  const auto kib = line ? to_number(line->substr(0, line->find(' '))) : std::nullopt;
  const std::uint64_t total = kib ? static_cast<std::uint64_t>(*kib) * 1024 : 0;
  const auto limit = cgroup_limits(root).memory_bytes;
  return limit ? std::min(total, *limit) : total;
}

}  // namespace breakeven
