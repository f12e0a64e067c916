#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <map>
#include <memory>

#include "benchmarks/harness/family.h"
#include "benchmarks/harness/google_rows.h"
#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/machine/topology.h"
#include "benchmarks/harness/open_run.h"
#include "benchmarks/harness/pairs.h"
#include "benchmarks/harness/progress.h"
#include "benchmarks/harness/run_rows.h"
#include "benchmarks/harness/selection.h"

namespace breakeven {
namespace {

/// What to say of a measured problem in one line: its fastest implementation, or what went wrong.
std::string outcome(const Selected& selected, const CaseResult& result) {
  const auto fastest = fastest_in_pilot(result.contenders, [](const Contender&) { return true; });
  for (const Contender& contender : result.contenders) {
    if (contender.status != Status::failed && contender.status != Status::error) continue;
    return fmt::format("{} {}: {}", contender.candidate->implementation, name_of(contender.status),
                       contender.reason);
  }
  if (!fastest) return "skipped: " + result.contenders.front().reason;
  const Contender& contender = result.contenders[*fastest];
  return fmt::format("{} {} {:.4g} GFLOP/s", name_of(contender.candidate->side),
                     contender.candidate->implementation,
                     selected.problem.problem.flops / contender.pilot_s * 1e-9);
}

/// Measures the problem, writes its pairs.
std::shared_ptr<const Measured> measure(const Selected& selected, int problems_left,
                                        Session& session, Progress& progress) {
  progress.begin(selected.problem.problem.id);
  const double allowance_s = session.budget.share(problems_left);
  auto measured = std::make_shared<Measured>();
  measured->result = measure_case(selected.problem, selected.entries, allowance_s, session);
  measured->pairs = pair_rows(selected.problem, measured->result, session.all_threads);
  for (const Json& row : measured->pairs) session.file.write(row);
  progress.end(selected.problem.problem.id, outcome(selected, measured->result));
  return measured;
}

/// How many problems would be measured, none where the command line asks for other programs'.
std::size_t count(const Options& options, const Family& family) {
  try {
    return select(options, family, usable_threads()).size();
  } catch (const NothingSelected&) {
    return 0;
  }
}

std::map<std::string, std::string> passes(const std::vector<Selected>& all) {
  std::map<std::string, std::string> found;
  for (const Selected& one : all) {
    found.insert(one.problem.passes.begin(), one.problem.passes.end());
  }
  return found;
}

void list(const std::vector<Selected>& all) {
  for (const Selected& selected : all) {
    for (const std::string& name : selected.names) {
      fmt::print("{}  [{}]\n", name, fmt::join(selected.problem.tags, " "));
    }
  }
}

int run(int argc, char** argv, const Family& family, const DeviceFactory& open_device) {
  const double start_s = steady_seconds();
  const auto options = parse_options(argc, argv, usable_threads());
  if (!options) return 0;
  if (options->count) return fmt::print("{}\n", count(*options, family)), 0;
  const auto selected = select(*options, family, usable_threads());
  if (options->list) return list(selected), 0;
  if (options->benchmark_list_tests) {
    for (const Selected& one : selected) {
      for (const std::string& name : one.names) fmt::print("{}{}\n", name, kNameSuffix);
    }
    return 0;
  }
  GoogleBenchmark google(*options);
  OpenRun open(*options, open_device);
  Session& session = open.session();
  const int problems = static_cast<int>(selected.size());
  open.begin(family.libraries(), problems, passes(selected));
  open.measure_missing_ceilings();

  int measured_problems = 0;
  {
    Progress progress(session.budget, problems);
    for (int i = 0; i < problems && !interrupted(); ++i) {
      const Selected& one = selected[static_cast<std::size_t>(i)];
      std::shared_ptr<const Measured> measured;
      google.run(registrations(one, [&] {
        if (!measured) measured = measure(one, problems - i, session, progress);
        return measured;
      }));
      ++measured_problems;
    }
  }
  google.finish();
  return open.end(measured_problems, start_s);
}

}  // namespace

int run_program(int argc, char** argv, const Family& family, const DeviceFactory& open_device) {
  return exit_status_of([&] { return run(argc, argv, family, open_device); }, argv[0]);
}

}  // namespace breakeven
