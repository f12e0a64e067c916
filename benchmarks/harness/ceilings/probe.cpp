#include "benchmarks/harness/ceilings/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/statistics.h"

namespace breakeven {

std::string_view name_of(Unit unit) {
  switch (unit) {
    case Unit::flops_per_second:
      return "flop/s";
    case Unit::bytes_per_second:
      return "B/s";
    case Unit::seconds:
      return "s";
  }
  return "";
}

std::string benchmark_name(const Probe& probe) {
  std::string name = fmt::format("ceiling/{}/{}", name_of(probe.side), probe.name);
  if (probe.dtype) name += fmt::format("/{}", name_of(*probe.dtype));
  if (probe.math_mode != "default") name += "/" + probe.math_mode;
  if (probe.threads) name += fmt::format("/threads:{}", *probe.threads);
  return name;
}

Ceiling ceiling_of(const Probe& probe, const std::vector<Reading>& readings) {
  Ceiling ceiling{.name = probe.name,
                  .side = probe.side,
                  .dtype = probe.dtype,
                  .threads = probe.threads,
                  .unit = probe.unit,
                  .value = std::nullopt,
                  .values = {},
                  .status = "ok",
                  .reason = "",
                  .detail = "",
                  .math_mode = probe.math_mode};
  for (const Reading& reading : readings) ceiling.values.push_back(reading.value);
  if (readings.empty()) {
    ceiling.status = "skipped";
    ceiling.reason = probe.absence.empty() ? "not measured" : probe.absence;
  } else if (probe.unit == Unit::seconds) {
    ceiling.value = median(ceiling.values);
    ceiling.detail = readings.front().detail;
  } else {
    const auto best =
        std::max_element(readings.begin(), readings.end(),
                         [](const Reading& a, const Reading& b) { return a.value < b.value; });
    ceiling.value = best->value;
    ceiling.detail = best->detail;
  }
  return ceiling;
}

Ceiling measure(const Probe& probe, int repetitions, const SamplingLimits& limits) {
  std::vector<Reading> readings;
  std::string failure;
  try {
    for (int r = 0; r < repetitions && probe.absence.empty() && !interrupted(); ++r) {
      readings.push_back(probe.measure(limits));
    }
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) {
    Ceiling ceiling = ceiling_of(probe, readings);
    if (interrupted() && readings.empty()) ceiling.reason = "interrupted";
    return ceiling;
  }
  Ceiling ceiling = ceiling_of(probe, {});
  ceiling.status = "error";
  ceiling.reason = failure;
  return ceiling;
}

void measure(const std::vector<Probe>& probes, int repetitions, double budget_s,
             const TakeCeiling& take) {
  const auto present = std::count_if(probes.begin(), probes.end(),
                                     [](const Probe& probe) { return probe.absence.empty(); });
  SamplingLimits limits;
  limits.wall_cap_s = budget_s / static_cast<double>(std::max<std::ptrdiff_t>(1, present)) /
                      std::max(1, repetitions);
  for (const Probe& probe : probes) take(measure(probe, repetitions, limits));
}

Json ceiling_row(const Ceiling& ceiling) {
  return {{"kind", "ceiling"},
          {"name", ceiling.name},
          {"side", name_of(ceiling.side)},
          {"dtype", ceiling.dtype ? Json(name_of(*ceiling.dtype)) : Json(nullptr)},
          {"math_mode", ceiling.math_mode},
          {"threads", ceiling.threads ? Json(*ceiling.threads) : Json(nullptr)},
          {"unit", name_of(ceiling.unit)},
          {"value", or_null(ceiling.value)},
          {"values", ceiling.values},
          {"status", ceiling.status},
          {"reason", or_null(ceiling.reason)},
          {"detail", or_null(ceiling.detail)}};
}

}  // namespace breakeven
