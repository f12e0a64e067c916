#include "benchmarks/harness/measurement.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <tuple>

#include "benchmarks/harness/admission.h"
#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/rows.h"
#include "benchmarks/harness/statistics.h"
#include "benchmarks/harness/transfer_contender.h"
#include "benchmarks/harness/workload.h"

namespace breakeven {
namespace {

constexpr double kPilotCap = 0.02;  // seconds; a call that is longer is judged by its check

/// The measurement of one problem: its data, its buffers and its contenders.
class Measurement {
 public:
  Measurement(const Case& problem, Session& session) : problem_(problem), session_(session) {}

  /// Makes the data of what the contender computes, if it is not there yet.
  void make_data(const Contender& contender) { workload_of(contender); }
  /// Prepares and verifies a contender and takes its pilot time.
  void try_out(Contender& contender);
  void run(CaseResult& result, double allowance_s);

 private:
  Workload& workload(const ProblemView& problem);
  Workload& workload_of(const Contender& contender) {
    return workload(computed_by(*contender.candidate, problem_.problem));
  }
  void load_cold_sets(CaseResult& result, const std::vector<Unit>& units);
  void repeat(CaseResult& result, const Unit& unit, double wall_cap_s, int repetition);
  void repeat_transfers(CaseResult& result, HostEnd& host, double wall_cap_s, int repetition);
  /// Of the problem's data set, made when it is first asked for; null where it has none.
  const LoadBatch& loader() {
    const auto& make = problem_.problem.make_loader;
    if (!loader_ && make) loader_ = make();
    return loader_;
  }
  Device* device_of(Side side) { return side == Side::cuda ? session_.device : nullptr; }
  SamplingLimits limits(double wall_cap_s) const {
    return {.wall_cap_s = wall_cap_s, .max_samples = session_.max_samples};
  }

  const Case& problem_;
  Session& session_;
  std::map<Dtype, Workload> workloads_;
  LoadBatch loader_;
};

Workload& Measurement::workload(const ProblemView& problem) {
  return workloads_.try_emplace(problem.dtype, problem, session_).first->second;
}

Samples sample(Contender& contender, Device* device, CacheState cache, SamplingLimits limits,
               const VerificationData& data) {
  Runner& runner = *contender.runner;
  Buffers& buffers = runner.buffers();
  runner.select_threads();
  limits.launches = std::max(contender.launches.value_or(1), 1);
  if (cache == CacheState::warm) {
    // Thousands of steps on one batch lead to numbers that no training has.
    limits.before_samples = [&] {
      has_state(data.real.problem()) ? reset(contender, data) : poison(contender, data, 0);
    };
    const Operation call = [&runner](int) { runner.call(0); };
    return device ? sample_device(*device, call, 1, limits) : sample_cpu(call, 1, limits);
  }
  limits.before_samples = [&] { poison(contender, data, buffers.rotation()); };
  const Operation call = [&](int) {
    const int set = buffers.rotation();
    runner.call(set);
    buffers.rotate_to(set + 1 < buffers.sets() ? set + 1 : 0);
  };
  return device ? sample_device(*device, call, 1, limits) : sample_cpu(call, 1, limits);
}

void Measurement::try_out(Contender& contender) {
  const Side side = contender.candidate->side;
  const ProblemView& computed = computed_by(*contender.candidate, problem_.problem);
  guarded(contender, [&] {
    contender.runner =
        std::make_unique<Runner>(*contender.candidate, contender.threads,
                                 workload_of(contender).buffers(side), device_of(side));
  });
  if (contender.status == Status::ok) verify(contender, workload_of(contender).data());
  if (contender.status != Status::ok) return;
  guarded(contender, [&] {
    const auto call = [&](int) { contender.runner->call(0); };
    if (Device* device = device_of(side)) {
      contender.launches = device->count_launches([&] { call(0); });
    }
    if (contender.pilot_s < kPilotCap) {
      const SamplingLimits pilot{.wall_cap_s = kPilotCap, .max_samples = 11};
      contender.pilot_s = median(
          sample(contender, device_of(side), CacheState::warm, pilot, workload_of(contender).data())
              .seconds);
    }
    if (Device* device = device_of(side); device && computed.items > 0) {
      // Many launches: who is the fastest is seen from the host.
      const int calls = std::clamp(int(kPilotCap / contender.pilot_s), 1, 20);
      contender.pilot_s = std::max(contender.pilot_s, back_to_back_seconds(*device, call, calls));
    }
    session_.predictions.learn(computed, *contender.candidate, contender.threads,
                               contender.pilot_s);
  });
}

/// Every set of a side holds the real data, also in the layout of those who want one of their own.
void Measurement::load_cold_sets(CaseResult& result, const std::vector<Unit>& units) {
  std::set<const Buffers*> loaded;
  for (const Unit& unit : units) {
    if (unit.cache != CacheState::cold) continue;
    Contender& contender = result.contenders[unit.contender];
    guarded(contender, [&] {
      Buffers& buffers = contender.runner->buffers();
      for (int set = 0; set < buffers.sets(); ++set) {
        if (!loaded.contains(&buffers)) {
          buffers.load(set, workload_of(contender).data().real.image());
        }
        contender.runner->pack(set);
      }
      loaded.insert(&buffers);
    });
    if (contender.status == Status::ok) continue;
    session_.file.write(unmeasured_row(session_, problem_, contender, unit.cache));
  }
}

void Measurement::repeat(CaseResult& result, const Unit& unit, double wall_cap_s, int repetition) {
  Contender& contender = result.contenders[unit.contender];
  if (contender.status != Status::ok) return;
  Device* device = device_of(unit.side);
  Repetition measured{.number = repetition, .cache = unit.cache};
  Workload& workload = workload_of(contender);
  reset(contender, workload.data());
  guarded(contender, [&] {
    if (contender.status != Status::ok) return;
    if (device) {
      device->reset_persisting_lines();
      measured.gpu_mhz_before = device->clock_mhz();
    }
    measured.before = read_scheduler_state();
    measured.samples = sample(contender, device, unit.cache, limits(wall_cap_s), workload.data());
    measured.after = read_scheduler_state();
    if (unit.cache == CacheState::warm && contender.runner->has_parts()) {
      SamplingLimits of_parts = limits(wall_cap_s / 4);
      of_parts.launches = contender.launches.value_or(1);
      measured.parts =
          measure_parts(*contender.runner, device, median(measured.samples.seconds), of_parts);
    }
    if (device) measured.gpu_mhz_after = device->clock_mhz();
    if (unit.cache == CacheState::cold) return;
    measured.calls = time_calls(*contender.runner, device, problem_.problem, loader(), unit.call_s,
                                limits(wall_cap_s / 4));
  });
  if (contender.status == Status::ok) verify_after(contender, workload.data());

  const Json row = case_row(session_, problem_, contender, measured, workload.inputs());
  session_.file.write(row);
  if (contender.status != Status::ok) return;
  ++session_.order;
  ContenderSeries& series = result.series[unit.contender];
  const auto r = static_cast<std::size_t>(repetition);
  (unit.cache == CacheState::warm ? series.warm : series.cold)[r] =
      median(measured.samples.seconds);
  if (measured.calls.call_s) series.call[r] = measured.calls.call_s;
  if (measured.calls.epoch_step_s) series.epoch_step[r] = measured.calls.epoch_step_s;
  for (const auto& flag : row["flags"]) series.flags[int(unit.cache)].insert(flag);
}

void Measurement::repeat_transfers(CaseResult& result, HostEnd& host, double wall_cap_s,
                                   int repetition) {
  replace_failed_transfer_contender(result);
  if (!result.transfer_contender) return;
  Contender& contender = result.contenders[*result.transfer_contender];
  std::optional<TransferTimes> times;
  const VerificationData& data = workload_of(contender).data();
  reset(contender, data);
  guarded(contender, [&] {
    if (contender.status != Status::ok) return;
    times = measure_transfers(*session_.device, *contender.runner, host, limits(wall_cap_s / 4));
    verify_copied_out(contender, data, host.outputs());
    if (problem_.problem.items > 0 && contender.status == Status::ok) {
      contender.runner->buffers().load(1, data.real.image());
      contender.runner->pack(1);
      measure_sequences(*session_.device, *contender.runner, host, limits(wall_cap_s / 4),
                        repetition % 2 == 1, *times);
      if (loader()) {
        const int calls = std::clamp(int(wall_cap_s / 4 / times->end_to_end_s), 4, 100);
        times->epoch_step_s =
            epoch_step_seconds(*session_.device, *contender.runner, host, loader(), calls);
      }
    }
  });
  if (contender.status != Status::ok) times.reset();
  session_.file.write(transfer_row(problem_, contender, host.memory(), repetition, times,
                                   contender.reason,
                                   workload_of(contender).device_allocate_seconds()));
  if (!times) {
    session_.file.write(unmeasured_row(session_, problem_, contender, CacheState::warm));
    return;
  }
  TransferSeries& series = result.transfers[host.memory()];
  const auto r = static_cast<std::size_t>(repetition);
  series.h2d[r] = times->h2d_s;
  series.d2h[r] = times->d2h_s;
  series.end_to_end[r] = times->end_to_end_s;
  series.epoch_step[r] = times->epoch_step_s;
  if (times->open) series.flags.insert("open");
}

void Measurement::run(CaseResult& result, double allowance_s) {
  std::vector<Unit> units;
  for (std::size_t i = 0; i < result.contenders.size(); ++i) {
    if (result.contenders[i].status != Status::ok) continue;
    for (CacheState cache : {CacheState::warm, CacheState::cold}) {
      units.push_back(unit_of(result.contenders, i, cache, session_));
    }
  }
  const UnitPlan plan =
      plan_units(std::move(units), session_.repetitions, session_.max_samples, allowance_s);
  for (const Unit& unit : plan.skipped) {
    Contender skipped{.candidate = result.contenders[unit.contender].candidate,
                      .threads = result.contenders[unit.contender].threads};
    skipped.check = result.contenders[unit.contender].check;
    skipped.end(Status::skipped,
                budget_reason(unit.call_s, fmt::format("{} repetitions", session_.repetitions),
                              allowance_s));
    session_.file.write(unmeasured_row(session_, problem_, skipped, unit.cache));
  }
  if (plan.measured.empty()) return;
  load_cold_sets(result, plan.measured);
  std::vector<std::unique_ptr<HostEnd>> hosts;
  choose_transfer_contender(result, plan.measured);
  if (result.transfer_contender) {
    const Series nothing(static_cast<std::size_t>(session_.repetitions));
    Workload& own = workload(problem_.problem);
    for (HostMemory memory : {HostMemory::pageable, HostMemory::pinned}) {
      try {
        hosts.push_back(std::make_unique<HostEnd>(*session_.device, problem_.problem, memory,
                                                  own.data().real.image()));
        result.transfers[memory] = {nothing, nothing, nothing, nothing, {}};
      } catch (const std::exception& error) {
        session_.any_error = true;
        session_.file.write(transfer_row(problem_, result.contenders[*result.transfer_contender],
                                         memory, 0, {}, error.what(),
                                         own.device_allocate_seconds()));
      }
    }
  }
  // Repetitions alternate over everything, in a fresh seeded order each time: what drifts on the
  // machine then hits all alike.
  std::vector<std::size_t> order(plan.measured.size() + hosts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // The seed alone decides, whatever the pilot's times were.
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(plan.measured.size()),
            [&](std::size_t a, std::size_t b) {
              const Unit &first = plan.measured[a], &second = plan.measured[b];
              return std::tuple(first.contender, first.cache) <
                     std::tuple(second.contender, second.cache);
            });
  for (int repetition = 0; repetition < session_.repetitions; ++repetition) {
    std::shuffle(order.begin(), order.end(), session_.random);
    for (std::size_t i : order) {
      if (interrupted()) return;
      if (i < plan.measured.size()) {
        repeat(result, plan.measured[i], plan.wall_cap_s[i], repetition);
      } else {
        const double most_s = *std::max_element(plan.wall_cap_s.begin(), plan.wall_cap_s.end());
        repeat_transfers(result, *hosts[i - plan.measured.size()], most_s, repetition);
      }
    }
  }
}

void note_failures(const CaseResult& result, Session& session) {
  for (const Contender& contender : result.contenders) {
    session.any_failed = session.any_failed || contender.status == Status::failed;
    session.any_error = session.any_error || contender.status == Status::error;
  }
}

}  // namespace

CaseResult measure_case(const Case& problem, const std::vector<Entry>& entries, double allowance_s,
                        Session& session) {
  CaseResult result;
  for (const Entry& entry : entries) {
    result.contenders.push_back(
        {.candidate = &problem.candidates[entry.candidate], .threads = entry.threads});
  }
  const Series nothing(static_cast<std::size_t>(session.repetitions));
  result.series.assign(entries.size(), {nothing, nothing, nothing, nothing, {}});
  omp_set_num_threads(session.all_threads);  // for making and checking data
  const double start = steady_seconds();
  const auto left_s = [&] { return allowance_s - (steady_seconds() - start); };
  admit(problem, result.contenders, session);
  fit_to_allowance(result.contenders, left_s(), session);
  Measurement measurement(problem, session);
  for (Contender& contender : result.contenders) {
    if (contender.status != Status::ok) continue;
    guarded(contender, [&] { measurement.make_data(contender); });
  }
  fit_to_allowance(result.contenders, left_s(), session);  // making the data took its time
  for (Contender& contender : result.contenders) {
    if (contender.status == Status::ok && !interrupted()) {
      measurement.try_out(contender);
      if (contender.status == Status::ok && !problem.problem.not_timed.empty()) {
        contender.end(Status::skipped, problem.problem.not_timed);
      }
    }
    if (contender.status != Status::ok) {
      session.file.write(unmeasured_row(session, problem, contender, CacheState::warm));
    }
  }
  if (!interrupted()) measurement.run(result, left_s());
  replace_failed_transfer_contender(result);  // which may have come after its last trip
  note_failures(result, session);
  for (Contender& contender : result.contenders) contender.runner.reset();
  return result;
}

}  // namespace breakeven
