#include "benchmarks/harness/open_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "benchmarks/harness/ceilings/ceilings.h"
#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/machine/gpu_status.h"
#include "benchmarks/harness/machine/host.h"
#include "benchmarks/harness/machine/topology.h"
#include "benchmarks/harness/run_rows.h"

namespace breakeven {
namespace {

/// A rotation touches this many times the last-level cache.
constexpr std::size_t kCpuCacheFactor = 2;
constexpr std::size_t kDeviceCacheFactor = 3;

OpenedDevice open(const Options& options, const DeviceFactory& open_device) {
  OpenedDevice opened;
  if (options.side == Side::cpu) return opened;
  try {
    opened.device = open_device();
    if (!opened.device) opened.absence = cuda_absence();
  } catch (const std::exception& error) {
    opened.absence = error.what();
    opened.failed = true;
  }
  if (!opened.device && options.require_cuda) {
    throw std::runtime_error("--require-cuda: " + opened.absence);
  }
  return opened;
}

/// Program name and the options that a single row's repetition must share with this run.
std::string reproduce(const Options& options) {
  std::string command =
      fmt::format("{} --preset {} --seed {} --fill {} --benchmark_repetitions={}", options.program,
                  options.preset.name, options.seed, name_of(options.fill), options.repetitions);
  for (const auto& file : options.problems)
    command += fmt::format(" --problems '{}'", file.string());
  return command;
}

}  // namespace

OpenRun::OpenRun(const Options& options, const DeviceFactory& open_device)
    : options_(options),
      opened_(open(options, open_device)),
      file_(options.run_out.empty() ? default_run_file() : options.run_out, options.run_append),
      session_{
          .file = file_,
          .device = opened_.device.get(),
          .cuda_absence = opened_.absence,
          .all_threads = usable_threads(),
          .repetitions = options.repetitions,
          .max_samples = options.preset.max_samples,
          .seed = options.seed,
          .fill = options.fill,
          .memory_limit = options.memory_limit.value_or(memory_bytes() / 2),
          .cpu_cold_bytes = kCpuCacheFactor * last_level_cache_bytes(topology(), usable_threads()),
          .device_cold_bytes = opened_.device ? kDeviceCacheFactor * opened_.device->l2_bytes() : 0,
          .reproduce = reproduce(options),
          .budget = Budget(options.preset.budget_s, spent_before(file_.earlier()),
                           options.problems_after),
      } {
  session_.random.seed(options.seed);
  session_.any_error = opened_.failed;
  for (const Json& row : file_.earlier()) session_.ceilings.add(row);
  note_interrupts();
}

void OpenRun::begin(const std::vector<Library>& libraries, int planned,
                    const std::map<std::string, std::string>& passes) {
  file_.write(run_row(options_, session_, libraries, planned, passes));
  fmt::print(stderr, "writing {}\n", file_.path().string());
}

double OpenRun::ceiling_seconds() const {
  return std::min(10.0, options_.preset.budget_s.value_or(100) / 10);
}

void OpenRun::measure_missing_ceilings() {
  if (!session_.ceilings.empty()) return;
  fmt::print(stderr, "measuring this machine's ceilings\n");
  const auto take = [&](const Ceiling& ceiling) {
    const Json row = ceiling_row(ceiling);
    file_.write(row);
    session_.ceilings.add(row);
  };
  if (options_.side != Side::cuda) {
    measure_cpu_ceilings(ceiling_seconds(), session_.all_threads, take);
  }
  if (options_.side != Side::cpu) {
    measure_device_ceilings(opened_.device.get(), session_.cuda_absence, ceiling_seconds(), take);
  }
}

int OpenRun::end(int problems_measured, double start_s) {
  const int signal = interrupted();
  const int status = signal != 0           ? 128 + signal
                     : session_.any_failed ? 3
                     : session_.any_error  ? 1
                                           : 0;
  file_.write(end_row(options_, session_, status, problems_measured, steady_seconds() - start_s));
  return status;
}

int exit_status_of(const std::function<int()>& body, const char* program) {
  try {
    return body();
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "{}: {}\n", program, error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", program, error.what());
    return 1;
  }
}

}  // namespace breakeven
