#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "benchmarks/harness/machine/text.h"

namespace breakeven {

/// Distribution and version: "Debian GNU/Linux 12 (bookworm)".
std::string os_name(const Root& root = "/");

/// Kernel release: "6.1.0-18-amd64".
std::string kernel_release(const Root& root = "/");

/// "wsl", "docker", "podman", "kubernetes", "lxc", "apptainer", ... or nothing outside a container.
/// The environment's word counts first: `container` (podman, systemd-nspawn),
/// `APPTAINER_CONTAINER`.
std::optional<std::string> container(const Root& root = "/");

/// Whether this is the Windows Subsystem for Linux.
bool is_wsl(const Root& root = "/");

/// Hypervisor: "KVM", "Microsoft Hyper-V", "VMware", "Xen", ...; nothing on bare metal.
std::optional<std::string> virtualization(const Root& root = "/");

/// Main memory usable, within the container's limit [B]; 0 where it cannot be read.
std::uint64_t memory_bytes(const Root& root = "/");

}  // namespace breakeven
