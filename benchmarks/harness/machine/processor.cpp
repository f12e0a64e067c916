#include "benchmarks/harness/machine/processor.h"

#include <algorithm>
#include <array>
#include <string>

namespace breakeven {
namespace {

/// The blank-separated words of the first "flags" (x86) or "Features" (Arm) line.
std::vector<std::string_view> feature_words(const std::optional<std::string>& line) {
  return line ? split(*line, ' ') : std::vector<std::string_view>{};
}

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::filesystem::path cpufreq(int cpu, const char* file) {
  return "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/" + file;
}

/// A cpufreq file in kHz as MHz.
std::optional<double> read_mhz(const Root& root, const std::filesystem::path& file) {
  const auto text = read_text(root, file);
  const auto khz = text ? to_number(*text) : std::nullopt;
  if (!khz || *khz <= 0) return std::nullopt;
  return *khz / 1000;
}

}  // namespace

std::string cpu_model(std::string_view cpuinfo) {
  if (auto name = value_of(cpuinfo, "model name"); name && !name->empty()) return *name;
  const auto implementer = value_of(cpuinfo, "CPU implementer");
  const auto part = value_of(cpuinfo, "CPU part");
  if (implementer && part) return "Arm implementer " + *implementer + " part " + *part;
  return "unknown";
}

std::vector<std::string> simd_flags(std::string_view cpuinfo) {
  static constexpr std::array known = {
      "sse4_2",      "avx",      "avx2",     "fma",      "f16c",        "avx_vnni",
      "avx512f",     "avx512dq", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16",
      "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8", "asimd",       "asimdhp",
      "asimddp",     "sve",      "sve2",     "bf16",     "i8mm"};
  auto line = value_of(cpuinfo, "flags");
  if (!line) line = value_of(cpuinfo, "Features");
  const auto words = feature_words(line);
  std::vector<std::string> found;
  for (const char* flag : known) {
    if (contains(words, flag)) found.emplace_back(flag);
  }
  return found;
}

bool has_hypervisor_flag(std::string_view cpuinfo) {
  const auto flags = value_of(cpuinfo, "flags");
  return contains(feature_words(flags), "hypervisor");
}

std::optional<std::string> governor(const Root& root) {
  const auto text = read_text(root, cpufreq(0, "scaling_governor"));
  if (!text || trim(*text).empty()) return std::nullopt;
  return std::string(trim(*text));
}

std::optional<double> max_mhz(const Root& root) {
  return read_mhz(root, cpufreq(0, "cpuinfo_max_freq"));
}

std::optional<double> cpu_mhz(int cpu, const Root& root) {
  if (auto now = read_mhz(root, cpufreq(cpu, "scaling_cur_freq"))) return now;
  const auto cpuinfo = read_text(root, "proc/cpuinfo");
  if (!cpuinfo || has_hypervisor_flag(*cpuinfo)) return std::nullopt;
  // One block of lines per CPU, each headed by its number.
  const auto start = cpuinfo->find("processor\t: " + std::to_string(cpu) + "\n");
  if (start == std::string::npos) return std::nullopt;
  const auto mhz = value_of(std::string_view(*cpuinfo).substr(start), "cpu MHz");
  return mhz ? to_number(*mhz) : std::nullopt;
}

}  // namespace breakeven
