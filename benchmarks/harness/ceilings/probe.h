#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/json.h"
#include "benchmarks/harness/sampler.h"
#include "operations/dtype.h"

namespace breakeven {

/// What a ceiling counts. Rates are limits from above, seconds are floors.
enum class Unit { flops_per_second, bytes_per_second, seconds };
std::string_view name_of(Unit unit);  // "flop/s", "B/s", "s"

/// Result of one repetition of a probe.
struct Reading {
  double value;        // in the probe's unit: fastest sample of a rate, median of seconds
  std::string detail;  // instruction set, buffer size, how it was measured
};

/// Measures one limit of this machine, one repetition at a time.
struct Probe {
  std::string name;  // "fma", "matrix", "triad", "cache_read_l1", "link_h2d_pinned", ...
  Side side;
  std::optional<Dtype> dtype;
  std::optional<int> threads;  // CPU only
  Unit unit;
  std::string absence;  // why it cannot be measured here; empty if it can
  /// One repetition within these limits; throws std::exception, the failing call named.
  std::function<Reading(const SamplingLimits&)> measure;
  std::string math_mode = "default";
};

/// "ceiling/cpu/fma/f32/threads:2", "ceiling/cuda/matrix/f32/tf32", "ceiling/cuda/launch_floor".
std::string benchmark_name(const Probe& probe);

/// A measured ceiling, as in a run file's `ceiling` row.
struct Ceiling {
  std::string name;
  Side side;
  std::optional<Dtype> dtype;
  std::optional<int> threads;
  Unit unit;
  std::optional<double> value;  // best repetition of a rate, median repetition of seconds
  std::vector<double> values;   // of each repetition
  std::string status;           // ok, skipped, error
  std::string reason;           // why it is not ok, else empty
  std::string detail;           // of the repetition that `value` comes from, for a rate
  std::string math_mode = "default";
};

/// Measures `repetitions` times; what a probe throws becomes the status `error`. Stops early when
/// interrupted; a probe that has no repetition then is `skipped`.
Ceiling measure(const Probe& probe, int repetitions, const SamplingLimits& limits);

/// What readings of a probe add up to; `skipped` for none.
Ceiling ceiling_of(const Probe& probe, const std::vector<Reading>& readings);

/// Gets each ceiling as soon as it is complete, before the next one is measured: what ends the
/// program then loses none that was measured.
using TakeCeiling = std::function<void(const Ceiling&)>;

/// Measures all of them within about `budget_s` seconds, shared evenly; making buffers comes on
/// top.
void measure(const std::vector<Probe>& probes, int repetitions, double budget_s,
             const TakeCeiling& take);

/// The `ceiling` row of a run file.
Json ceiling_row(const Ceiling& ceiling);

}  // namespace breakeven
