#include "benchmarks/harness/machine/page.h"

#include <fmt/format.h>

#include <iterator>

namespace breakeven {
namespace {

/// "1 socket", "2 sockets".
std::string count(const Json& number, const char* what) {
  return fmt::format("{} {}{}", number.get<long>(), what, number == 1 ? "" : "s");
}

std::string text(const Json& value, const char* otherwise = "unknown") {
  return value.is_null() ? otherwise : value.get<std::string>();
}

/// A number with a format of its own, or "unknown".
std::string number(const char* format, const Json& value, double scale = 1) {
  return value.is_null() ? "unknown"
                         : fmt::format(fmt::runtime(format), value.get<double>() * scale);
}

std::string on_off(const Json& value) {
  return value.is_null() ? "unknown" : value.get<bool>() ? "on" : "off";
}

std::string bytes(const Json& value) {
  double amount = value.get<double>();
  const char* unit = "KiB";
  amount /= 1024;
  for (const char* next : {"MiB", "GiB"}) {
    if (amount < 1024) break;
    amount /= 1024;
    unit = next;
  }
  return fmt::format("{:.4g} {}", amount, unit);
}

/// Lines "  name       value" below a title.
class Page {
 public:
  void section(const char* title) {
    text_ += fmt::format("{}{}\n", text_.empty() ? "" : "\n", title);
  }
  void line(std::string_view name, std::string_view value) {
    text_ += fmt::format("  {:<11} {}\n", name, value);
  }
  void plain(std::string_view line) { text_ += fmt::format("  {}\n", line); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void cpu_section(Page& page, const Json& record) {
  const Json& cpu = record.at("cpu");
  page.section("CPU");
  page.line("model", text(cpu.at("model")));
  page.line("built of",
            fmt::format("{}, {}, {}, {} (SMT {})", count(cpu.at("sockets"), "socket"),
                        count(cpu.at("numa_nodes"), "NUMA node"), count(cpu.at("cores"), "core"),
                        count(cpu.at("hardware_threads"), "hardware thread"),
                        cpu.at("smt").get<bool>() ? "on" : "off"));
  const Json& quota = cpu.at("quota");
  page.line("usable",
            fmt::format("{} (affinity {}, {})", count(cpu.at("usable_threads"), "thread"),
                        text(cpu.at("affinity")),
                        quota.is_null() ? "no quota" : number("quota {:g} cores", quota)));
  std::string caches;
  for (const Json& cache : cpu.at("caches")) {
    const int sharers = cache.at("shared_by");
    caches += fmt::format("{}L{} {}{}", caches.empty() ? "" : ", ", cache.at("level").get<int>(),
                          bytes(cache.at("bytes")),
                          sharers > 1 ? fmt::format(" (shared by {})", sharers) : "");
  }
  page.line("caches", caches.empty() ? "unknown" : caches);
  page.line("SIMD",
            fmt::format("{}", fmt::join(cpu.at("simd").get<std::vector<std::string>>(), " ")));
  page.line("clock", fmt::format("governor {}, at most {}", text(cpu.at("governor")),
                                 number("{:.0f} MHz", cpu.at("max_mhz"))));
  page.line("load", fmt::format("{}, steal {}", number("{:.2f}", record.at("load_1min")),
                                number("{:.2f} %", record.at("steal_fraction"), 100)));
}

void system_section(Page& page, const Json& record) {
  page.section("System");
  page.line("host", text(record.at("host")));
  page.line("memory", bytes(record.at("memory_bytes")));
  page.line("OS", fmt::format("{}, kernel {}", text(record.at("os")), text(record.at("kernel"))));
  page.line("container", text(record.at("container"), "none"));
  page.line("hypervisor", text(record.at("virtualization"), "none"));
  page.line("compiler",
            fmt::format("{}, {}", text(record.at("compiler")), text(record.at("build"))));
}

void library_section(Page& page, const std::vector<Library>& libraries) {
  page.section("Libraries");
  for (const Library& library : libraries) {
    std::string value = library.version;
    for (const std::string& part : {library.threading, library.detail}) {
      if (!part.empty()) value += (value.empty() ? "" : ", ") + part;
    }
    page.line(library.name, value);
  }
}

void cuda_section(Page& page, const Json& record) {
  const Json& cuda = record.at("cuda");
  page.section("CUDA");
  page.line("status", cuda.at("status") == "ok" ? "ok" : text(cuda.at("reason")));
  page.line("toolkit", text(cuda.at("toolkit"), "none"));
  page.line("driver", fmt::format("{}{}", text(cuda.at("driver"), "none"),
                                  cuda.at("driver_cuda").is_null()
                                      ? ""
                                      : ", up to CUDA " + text(cuda.at("driver_cuda"))));
}

void gpu_section(Page& page, const Json& record) {
  page.section("GPUs");
  if (record.at("gpus").empty()) page.plain("none");
  for (std::size_t index = 0; index < record.at("gpus").size(); ++index) {
    const Json& gpu = record.at("gpus")[index];
    page.line(fmt::format("[{}]", index),
              fmt::format("{}, compute capability {}, {}", text(gpu.at("name")),
                          text(gpu.at("compute_capability")), count(gpu.at("sms"), "SM")));
    page.line("memory", fmt::format("{}, L2 {}, ECC {}", bytes(gpu.at("memory_bytes")),
                                    bytes(gpu.at("l2_bytes")), on_off(gpu.at("ecc"))));
    page.line("clocks", fmt::format("SM {} now, {} at most; memory {}",
                                    number("{:.0f} MHz", gpu.at("sm_clock_mhz")),
                                    number("{:.0f} MHz", gpu.at("sm_clock_max_mhz")),
                                    number("{:.0f} MHz", gpu.at("memory_clock_mhz"))));
    page.line("power", "limit " + number("{:.0f} W", gpu.at("power_limit_w")));
    page.line("link", fmt::format("{} now, {} at most", text(gpu.at("link_now")),
                                  text(gpu.at("link_max"))));
    page.line("shared", fmt::format("MIG {}, other processes {}", on_off(gpu.at("mig")),
                                    number("{:.0f}", gpu.at("other_processes"))));
  }
}

}  // namespace

std::string doctor_page(const Json& record, const std::vector<Library>& libraries,
                        const std::vector<Finding>& findings) {
  Page page;
  cpu_section(page, record);
  system_section(page, record);
  library_section(page, libraries);
  cuda_section(page, record);
  gpu_section(page, record);
  page.section("What would spoil a measurement here");
  if (findings.empty()) page.plain("nothing found");
  for (const Finding& finding : findings) {
    page.line(name_of(finding.severity), finding.what);
    if (!finding.remedy.empty()) page.line("", "-> " + finding.remedy);
  }
  return page.take();
}

}  // namespace breakeven
