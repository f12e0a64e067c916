#pragma once

#include <memory>
#include <vector>

#include "benchmarks/harness/google_benchmark.h"
#include "benchmarks/harness/json.h"
#include "benchmarks/harness/measurement.h"
#include "benchmarks/harness/selection.h"

namespace breakeven {

/// A measured problem with its pair rows.
struct Measured {
  CaseResult result;
  std::vector<Json> pairs;
};

/// Google Benchmark's view of a problem: one registration for each entry, whose body hands out the
/// stored repetitions one by one. The first body that is called has the problem measured.
std::vector<Registration> registrations(
    const Selected& selected, const std::function<std::shared_ptr<const Measured>()>& measure);

}  // namespace breakeven
