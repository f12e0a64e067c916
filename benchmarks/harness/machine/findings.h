#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/harness/json.h"
#include "operations/library.h"

namespace breakeven {

/// One thing that would spoil a measurement, or keep a part of it from being made.
struct Finding {
  enum class Severity {
    note,     // worth knowing when reading the results
    warning,  // spoils figures
    missing   // a part cannot be measured
  };
  Severity severity;
  std::string what;    // what it is
  std::string remedy;  // what to do; empty where nothing can be done
};

/// "note", "warning", "missing".
std::string_view name_of(Finding::Severity severity);

/// What would spoil a measurement on the machine of that record with those libraries; empty if
/// nothing is known. `cuda_advice`: what to do where CUDA cannot be used (CudaStatus::advice).
std::vector<Finding> findings(const Json& record, const std::vector<Library>& libraries,
                              const std::string& cuda_advice = "");

}  // namespace breakeven
