#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/harness/call_times.h"
#include "benchmarks/harness/contender.h"
#include "benchmarks/harness/json.h"
#include "benchmarks/harness/machine/scheduler_state.h"
#include "benchmarks/harness/parts.h"
#include "benchmarks/harness/sampler.h"
#include "benchmarks/harness/session.h"
#include "benchmarks/harness/transfers.h"

namespace breakeven {

/// One timed repetition of a contender in a cache state.
struct Repetition {
  int number;
  CacheState cache;
  Samples samples = {};
  CallTimes calls = {};             // warm
  std::optional<Parts> parts = {};  // warm, where a call has some
  ClockReading before = {}, after = {};
  std::optional<double> gpu_mhz_before = {}, gpu_mhz_after = {};
};

/// The `case` row of a repetition; its flags follow from the ceilings and the clocks. If the
/// contender did not end ok, times are null.
Json case_row(const Session& session, const Case& problem, const Contender& contender,
              const Repetition& repetition, const InputStatistics& inputs);

/// The `case` row of a contender that was not measured.
Json unmeasured_row(const Session& session, const Case& problem, const Contender& contender,
                    CacheState cache);

/// The `transfer` row of a repetition, or of a failure (`times` nothing, with a reason).
Json transfer_row(const Case& problem, const Contender& contender, HostMemory memory,
                  int repetition, const std::optional<TransferTimes>& times,
                  const std::string& reason, double device_allocate_s);

}  // namespace breakeven
