/// The measured limits of this machine: arithmetic, memory, caches, link, launches. Each probe is a
/// benchmark; its time is that of one billion operations or bytes, or the floor itself.

#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/harness/ceilings/cpu_probes.h"
#include "benchmarks/harness/ceilings/device_probes.h"
#include "benchmarks/harness/google_benchmark.h"
#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/open_run.h"
#include "cpu_reference/common/libraries.h"

namespace breakeven {
namespace {

constexpr double kUnitsTimed = 1e9;

bool wanted(const Probe& probe, const Options& options) {
  const std::string name = benchmark_name(probe);
  return (!options.side || probe.side == *options.side) &&
         matches("--filter", options.filter, name) &&
         matches_benchmark_filter(options.benchmark_filter, name + kNameSuffix);
}

std::vector<Probe> select_probes(const Options& options, Device* device,
                                 const std::string& absence) {
  std::vector<Probe> all = cpu_probes(usable_threads());
  for (Probe& probe : device_probes(device, absence)) all.push_back(std::move(probe));
  std::erase_if(all, [&](const Probe& probe) { return !wanted(probe, options); });
  if (all.empty()) {
    throw BadInput(
        fmt::format("no ceiling matches --filter '{}'; --list shows them", options.filter));
  }
  return all;
}

/// One repetition of a probe as a benchmark's body.
void measure_once(benchmark::State& state, const Probe& probe, const SamplingLimits& limits,
                  std::vector<Reading>& readings, std::string& failure) {
  if (!probe.absence.empty()) return end_without_time(state, false, probe.absence);
  try {
    readings.push_back(probe.measure(limits));
  } catch (const std::exception& error) {
    failure = error.what();
    return end_without_time(state, true, failure);
  }
  const double value = readings.back().value;
  const bool floor = probe.unit == Unit::seconds;
  for (auto _ : state) state.SetIterationTime(floor ? value : kUnitsTimed / value);
  if (floor) return;
  state.counters[std::string(name_of(probe.unit))] =
      benchmark::Counter(value, benchmark::Counter::kDefaults, benchmark::Counter::kIs1000);
}

int run(int argc, char** argv) {
  const double start_s = steady_seconds();
  const auto options = parse_options(argc, argv, usable_threads());
  if (!options) return 0;
  if (options->count) {
    fmt::print("{}\n", select_probes(*options, nullptr, "not opened").size());
    return 0;
  }
  if (options->list || options->benchmark_list_tests) {
    for (const Probe& probe : select_probes(*options, nullptr, "not opened")) {
      fmt::print("{}{}\n", benchmark_name(probe), options->list ? "" : kNameSuffix);
    }
    return 0;
  }
  select_probes(*options, nullptr, "not opened");  // bad input ends before a file is made
  GoogleBenchmark google(*options);
  OpenRun open(*options, open_cuda_device);
  Session& session = open.session();
  const auto probes = select_probes(*options, session.device, session.cuda_absence);
  open.begin(cpu_libraries(), static_cast<int>(probes.size()));
  const auto present = std::count_if(probes.begin(), probes.end(),
                                     [](const Probe& probe) { return probe.absence.empty(); });
  const SamplingLimits limits{.wall_cap_s = open.ceiling_seconds() / options->repetitions /
                                            static_cast<double>(std::max<long>(1, present))};
  int measured = 0;
  for (const Probe& probe : probes) {
    if (interrupted()) break;
    std::vector<Reading> readings;
    std::string failure;
    google.run({{benchmark_name(probe), [&](benchmark::State& state) {
                   measure_once(state, probe, limits, readings, failure);
                 }}});
    Ceiling ceiling = ceiling_of(probe, readings);
    if (!failure.empty()) {
      ceiling.status = "error";
      ceiling.reason = failure;
      session.any_error = true;
    }
    session.file.write(ceiling_row(ceiling));
    ++measured;
  }
  google.finish();
  return open.end(measured, start_s);
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  return breakeven::exit_status_of([&] { return breakeven::run(argc, argv); }, argv[0]);
}
