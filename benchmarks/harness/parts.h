#pragma once

#include <string>
#include <utility>
#include <vector>

#include "benchmarks/harness/runner.h"
#include "benchmarks/harness/sampler.h"

namespace breakeven {

/// What the parts of a call take, each in all its turns together.
struct Parts {
  std::vector<std::pair<std::string, double>> seconds;  // in the order of their first turns
  double closure = 0;                                   // all parts by the whole
  bool open = false;                                    // off by more than 5 % and more than 5 µs
};

/// The parts of the call with the median time, of calls on set 0 with warm caches; `whole_s` is
/// what a call takes without marks. `device` is null for the CPU. Only where `runner` has parts.
Parts measure_parts(Runner& runner, Device* device, double whole_s, const SamplingLimits& limits);

}  // namespace breakeven
