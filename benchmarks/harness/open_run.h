#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "benchmarks/harness/family.h"
#include "benchmarks/harness/options.h"
#include "benchmarks/harness/session.h"

namespace breakeven {

/// The device, or why there is none.
struct OpenedDevice {
  std::unique_ptr<Device> device = {};
  std::string absence = {};
  bool failed = false;  // there is one, and it cannot be used
};

/// A run in progress: its file, its device, its session. Shared by all benchmark programs.
class OpenRun {
 public:
  /// Opens the device (unless only the CPU is asked for) and the run file, and notes interrupts.
  /// Throws BadInput for a run file that exists, std::runtime_error for `--require-cuda` without a
  /// device.
  OpenRun(const Options& options, const DeviceFactory& open_device);

  Session& session() { return session_; }

  /// Writes the `run` row; see run_row.
  void begin(const std::vector<Library>& libraries, int planned,
             const std::map<std::string, std::string>& passes = {});
  /// Measures the ceilings and writes the row of each at once, unless another program of this run
  /// did.
  void measure_missing_ceilings();
  /// Time for all ceilings of one side: a tenth of the budget, at most ten seconds.
  double ceiling_seconds() const;
  /// Writes the `end` row and returns the exit status.
  int end(int problems_measured, double start_s);

 private:
  const Options& options_;
  OpenedDevice opened_;
  RunFile file_;
  Session session_;
};

/// Runs a program's body; what it throws becomes one line on standard error and an exit status:
/// 2 for BadInput and std::invalid_argument, else 1.
int exit_status_of(const std::function<int()>& body, const char* program);

}  // namespace breakeven
