#include "benchmarks/harness/google_rows.h"

namespace breakeven {
namespace {

using benchmark::Counter;

/// The headline pair in which a contender stands; null without one.
Json headline(const Measured& measured, const Contender& contender) {
  for (const Json& pair : measured.pairs) {
    const char* side = contender.is(Side::cpu) ? "cpu_implementation" : "cuda_implementation";
    if (pair["pairing"] == "fastest" && pair["cache"] == "warm" &&
        pair["host_memory"] == "pageable" && pair["math_mode"] == "default" &&
        pair[side] == contender.candidate->implementation &&
        (contender.is(Side::cuda) || pair["cpu_threads"] == contender.threads)) {
      return pair;
    }
  }
  return nullptr;
}

/// Counters are for one operation; one that is no finite number would spoil the library's JSON.
void set_counters(benchmark::State& state, const Selected& selected, const Measured& measured,
                  std::size_t entry, std::size_t repetition, double seconds) {
  const ProblemView& view = selected.problem.problem;
  const Contender& contender = measured.result.contenders[entry];
  const ContenderSeries& series = measured.result.series[entry];
  state.counters["FLOP/s"] = Counter(view.flops / seconds, Counter::kDefaults, Counter::kIs1000);
  state.counters["B/s"] = Counter(view.least_bytes / seconds, Counter::kDefaults, Counter::kIs1000);
  if (view.items > 0) {
    state.counters["items_per_second"] =
        Counter(static_cast<double>(view.items) / seconds, Counter::kDefaults, Counter::kIs1000);
  }
  const auto set = [&](const char* name, const Series& values) {
    if (values[repetition]) state.counters[name] = *values[repetition];
  };
  set("cold_s", series.cold);
  set("call_s", series.call);
  if (contender.is(Side::cpu)) state.counters["threads"] = contender.threads;
  const auto transfers = measured.result.transfers.find(HostMemory::pageable);
  if (measured.result.transfer_contender == entry && transfers != measured.result.transfers.end()) {
    set("h2d_s", transfers->second.h2d);
    set("d2h_s", transfers->second.d2h);
    set("end_to_end_s", transfers->second.end_to_end);
  }
  const Json pair = headline(measured, contender);
  if (pair.is_null()) return;
  for (const char* name : {"speedup_kernel", "speedup_call", "speedup_end_to_end"}) {
    if (!pair[name].is_null()) state.counters[name] = pair[name]["estimate"].get<double>();
  }
}

void hand_out(benchmark::State& state, const Selected& selected, const Measured& measured,
              std::size_t entry, std::size_t repetition) {
  const Contender& contender = measured.result.contenders[entry];
  const ContenderSeries& series = measured.result.series[entry];
  const auto& warm = series.warm[repetition];
  const auto& seconds = warm ? warm : series.cold[repetition];
  if (contender.status != Status::ok || !seconds) {
    const bool error = contender.status == Status::failed || contender.status == Status::error;
    end_without_time(state, error, contender.reason.empty() ? "not measured" : contender.reason);
    return;
  }
  for (auto _ : state) state.SetIterationTime(*seconds);
  set_counters(state, selected, measured, entry, repetition, *seconds);
}

}  // namespace

std::vector<Registration> registrations(
    const Selected& selected, const std::function<std::shared_ptr<const Measured>()>& measure) {
  std::vector<Registration> all;
  for (std::size_t entry = 0; entry < selected.entries.size(); ++entry) {
    auto calls = std::make_shared<std::size_t>(0);
    all.push_back(
        {selected.names[entry], [&selected, measure, entry, calls](benchmark::State& state) {
           const auto measured = measure();
           const std::size_t repetitions = measured->result.series[entry].warm.size();
           hand_out(state, selected, *measured, entry, (*calls)++ % repetitions);
         }});
  }
  return all;
}

}  // namespace breakeven
