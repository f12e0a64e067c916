#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/device.h"
#include "operations/library.h"

namespace breakeven {

/// What one family of operations gives to the shared program.
struct Family {
  std::string operation;  // folder of its lists: operations/lists/<operation>/
  /// Lists of a preset, by the stem of their files.
  std::function<std::vector<std::string>(std::string_view preset)> lists;
  /// The problem of an id with its candidates. Throws std::invalid_argument with one clear line.
  std::function<Case(const std::string& id)> make_case;
  /// Libraries in use on both sides.
  std::function<std::vector<Library>()> libraries;
};

using DeviceFactory = std::function<std::unique_ptr<Device>()>;

/// The main function of a benchmark program. Returns the exit status: 0 all ok or skipped, 1 a run
/// error, 2 bad input, 3 a verification failed, 130/143 interrupted.
int run_program(int argc, char** argv, const Family& family,
                const DeviceFactory& open_device = open_cuda_device);

}  // namespace breakeven
