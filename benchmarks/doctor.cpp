// doctor [--json]: what this machine is, and what would spoil a measurement on it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "benchmarks/harness/json.h"
#include "benchmarks/harness/machine/build.h"
#include "benchmarks/harness/machine/findings.h"
#include "benchmarks/harness/machine/gpu_status.h"
#include "benchmarks/harness/machine/page.h"
#include "benchmarks/harness/machine/record.h"
#include "cpu_reference/common/libraries.h"

#if BREAKEVEN_CUDA
#include "kernels/common/libraries.h"
#endif

namespace breakeven {
namespace {

std::vector<Library> all_libraries() {
  std::vector<Library> libraries = cpu_libraries();
#if BREAKEVEN_CUDA
  for (Library& library : cuda_libraries()) libraries.push_back(std::move(library));
#endif
  return libraries;
}

/// The fields of a run row that tell of the machine, and the findings.
Json as_json(const Json& record, const std::vector<Library>& libraries,
             const std::vector<Finding>& found) {
  const auto revision = git_revision();
  Json document = {
      {"version", BREAKEVEN_VERSION},       {"git", revision ? Json(*revision) : Json(nullptr)},
      {"fingerprint", fingerprint(record)}, {"machine", record},
      {"libraries", Json::array()},         {"findings", Json::array()}};
  for (const Library& library : libraries) {
    document["libraries"].push_back({{"name", library.name},
                                     {"version", library.version},
                                     {"threading", library.threading},
                                     {"detail", library.detail},
                                     {"problem", library.problem}});
  }
  for (const Finding& finding : found) {
    document["findings"].push_back({{"severity", name_of(finding.severity)},
                                    {"what", finding.what},
                                    {"remedy", finding.remedy}});
  }
  return document;
}

void examine(bool json) {
  const Json record = machine_record();
  const auto libraries = all_libraries();
  const auto found = findings(record, libraries, cuda_status().advice.value_or(""));
  const std::string text = json ? as_json(record, libraries, found).dump(2) + "\n"
                                : doctor_page(record, libraries, found);
  fmt::print("{}", text);
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  CLI::App app("What this machine is, and what would spoil a measurement on it.", "doctor");
  bool json = false;
  app.add_flag("--json", json, "Print the record as JSON");
  try {
    app.parse(argc, argv);
    breakeven::examine(json);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "doctor: {} (the only option is --json)\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "doctor: {}\n", error.what());
    return 1;
  }
  return 0;
}
