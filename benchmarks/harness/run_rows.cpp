#include "benchmarks/harness/run_rows.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <ctime>

#include "benchmarks/harness/machine/build.h"
#include "benchmarks/harness/machine/record.h"

extern char** environ;

namespace breakeven {
namespace {

std::string program_name(const Options& options) {
  return std::filesystem::path(options.program).filename().string();
}

std::tm utc_now() { return fmt::gmtime(std::time(nullptr)); }

/// Variables that change threads or arithmetic, as set.
Json environment() {
  constexpr const char* kPrefixes[] = {"OMP_",  "GOMP_",   "OPENBLAS_",
                                       "DNNL_", "ONEDNN_", "CUDA_",
                                       "MKL_",  "CUBLAS_", "NVIDIA_TF32_OVERRIDE"};
  Json found = Json::object();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    for (const char* prefix : kPrefixes) {
      const auto equals = text.find('=');
      if (text.starts_with(prefix) && equals != std::string_view::npos) {
        found[std::string(text.substr(0, equals))] = text.substr(equals + 1);
      }
    }
  }
  return found;
}

Json library_rows(const std::vector<Library>& libraries) {
  Json rows = Json::array();
  for (const Library& library : libraries) {
    rows.push_back({{"name", library.name},
                    {"version", library.version},
                    {"threading", library.threading},
                    {"detail", library.detail},
                    {"problem", library.problem}});
  }
  return rows;
}

}  // namespace

Json run_row(const Options& options, const Session& session, const std::vector<Library>& libraries,
             int planned, const std::map<std::string, std::string>& passes) {
  const Json machine = machine_record();
  const auto git = git_revision();
  return {{"kind", "run"},
          {"schema_version", 1},
          {"program", program_name(options)},
          {"version", BREAKEVEN_VERSION},
          {"git", git ? Json(*git) : Json(nullptr)},
          {"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc_now())},
          {"command", options.command},
          {"preset", options.preset.name},
          {"budget_s", or_null(options.preset.budget_s)},
          {"seed", session.seed},
          {"repetitions", session.repetitions},
          {"fill", name_of(session.fill)},
          {"environment", environment()},
          {"planned", planned},
          {"passes", passes},
          {"fingerprint", fingerprint(machine)},
          {"machine", machine},
          {"libraries", library_rows(libraries)}};
}

Json end_row(const Options& options, const Session& session, int exit_status, int measured,
             double wall_s) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {
      {"kind", "end"},
      {"program", program_name(options)},
      {"exit_status", exit_status},
      {"interrupted", exit_status > 128},
      {"problems_measured", measured},
      {"rows", session.file.rows() + 1},
      {"wall_s", wall_s},
      {"peak_memory_bytes", usage.ru_maxrss * 1024},
      {"context_s", session.device ? or_null(session.device->context_seconds()) : Json(nullptr)},
      {"budget_spent_s", session.budget.spent()}};
}

std::filesystem::path default_run_file() {
  char host[256] = "unknown";
  gethostname(host, sizeof host - 1);
  return fmt::format("results/local/{:%Y%m%dT%H%M%SZ}-{}/run.jsonl", utc_now(), host);
}

double spent_before(const std::vector<Json>& earlier_rows) {
  double spent_s = 0;
  for (const Json& row : earlier_rows) {
    if (row.at("kind") == "end") spent_s = row.at("budget_spent_s").get<double>();
  }
  return spent_s;
}

}  // namespace breakeven
