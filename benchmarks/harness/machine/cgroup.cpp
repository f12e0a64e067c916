#include "benchmarks/harness/machine/cgroup.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>

namespace breakeven {
namespace {

namespace fs = std::filesystem;

/// Where a hierarchy is mounted, and which of its groups is seen at that place: in a container
/// without a cgroup namespace that is the container's own group.
struct Mount {
  fs::path at;
  std::string shown;
};

bool lists(std::string_view commas, std::string_view item) {
  const auto items = split(commas, ',');
  return std::find(items.begin(), items.end(), item) != items.end();
}

/// A controller's hierarchy; the one of v2 where the controller is "".
/// A line of mountinfo: id parent device shown at options... - type source superblock-options
std::optional<Mount> find_mount(std::string_view mountinfo, std::string_view controller) {
  for (std::string_view line : split(mountinfo, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == line.npos) continue;
    const auto place = split(line.substr(0, dash), ' ');
    const auto type = split(line.substr(dash + 3), ' ');
    if (place.size() < 5 || type.size() < 3) continue;
    const bool wanted = controller.empty() ? type[0] == "cgroup2"
                                           : type[0] == "cgroup" && lists(type[2], controller);
    if (wanted) return Mount{fs::path(place[4]), std::string(place[3])};
  }
  return std::nullopt;
}

/// This process's group: a line of /proc/self/cgroup is hierarchy:controllers:group, for v2
/// 0::group.
std::optional<std::string> find_group(std::string_view cgroups, std::string_view controller) {
  for (std::string_view line : split(cgroups, '\n')) {
    const auto first = line.find(':');
    const auto second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : lists(controllers, controller)) {
      return std::string(line.substr(second + 1));
    }
  }
  return std::nullopt;
}

/// The group relative to what the mount shows; the mount itself where the group lies outside.
fs::path below(const Mount& mount, const std::string& group) {
  const fs::path relative = fs::path(group).lexically_relative(mount.shown);
  const bool outside = relative.empty() || *relative.begin() == "..";
  return outside ? mount.at : (mount.at / relative).lexically_normal();
}

/// Smallest limit that `read` finds in the group or in one above it.
std::optional<double> tightest(const Root& root, std::string_view controller,
                               const std::function<std::optional<double>(const fs::path&)>& read) {
  const auto mountinfo = read_text(root, "proc/self/mountinfo");
  const auto cgroups = read_text(root, "proc/self/cgroup");
  if (!mountinfo || !cgroups) return std::nullopt;
  const auto mount = find_mount(*mountinfo, controller);
  const auto group = find_group(*cgroups, controller);
  if (!mount || !group) return std::nullopt;

  std::optional<double> least;
  for (fs::path at = below(*mount, *group);; at = at.parent_path()) {
    const auto limit = read(at);
    if (limit && (!least || *limit < *least)) least = limit;
    if (at == mount->at || !at.has_relative_path()) return least;
  }
}

std::optional<double> number_in(const Root& root, const fs::path& file) {
  const auto text = read_text(root, file);
  return text ? to_number(*text) : std::nullopt;
}

std::optional<double> least_of(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

}  // namespace

CgroupLimits cgroup_limits(const Root& root) {
  const auto quota_v2 = [&](const fs::path& group) -> std::optional<double> {
    const auto text = read_text(root, group / "cpu.max");  // "150000 100000" or "max 100000"
    if (!text) return std::nullopt;
    const auto parts = split(trim(*text), ' ');
    if (parts.size() != 2) return std::nullopt;
    const auto quota = to_number(parts[0]);
    const auto period = to_number(parts[1]);
    if (!quota || !period || *period <= 0) return std::nullopt;
    return *quota / *period;
  };
  const auto quota_v1 = [&](const fs::path& group) -> std::optional<double> {
    const auto quota = number_in(root, group / "cpu.cfs_quota_us");  // -1: none
    const auto period = number_in(root, group / "cpu.cfs_period_us");
    if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
    return *quota / *period;
  };
  const auto memory_v2 = [&](const fs::path& group) {
    return number_in(root, group / "memory.max");
  };
  const auto memory_v1 = [&](const fs::path& group) -> std::optional<double> {
    const auto limit = number_in(root, group / "memory.limit_in_bytes");
    // "No limit" is written as the largest multiple of the page size.
    return limit && *limit < 0x1p62 ? limit : std::nullopt;
  };

  CgroupLimits limits;
  limits.cpus = least_of(tightest(root, "", quota_v2), tightest(root, "cpu", quota_v1));
  const auto memory = least_of(tightest(root, "", memory_v2), tightest(root, "memory", memory_v1));
  if (memory) limits.memory_bytes = static_cast<std::uint64_t>(*memory);
  return limits;
}

}  // namespace breakeven
