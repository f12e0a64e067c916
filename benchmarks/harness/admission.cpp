#include "benchmarks/harness/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "benchmarks/harness/plan.h"

namespace breakeven {
namespace {

/// A call that is predicted to take longer is skipped, whatever the budget [s].
constexpr double kCallCap = 10;

/// Calls of a contender that cannot be avoided: two to verify, one pilot, two a repetition.
int least_calls(int repetitions) { return 3 + 2 * repetitions; }

/// What a side's implementations keep, all of them at once.
std::size_t kept_bytes(const Case& problem, const std::vector<Contender>& contenders, Side side) {
  const auto count =
      std::ranges::count_if(contenders, [&](const Contender& of) { return of.is(side); });
  return static_cast<std::size_t>(count) * problem.problem.kept_bytes;
}

std::string reason_not_to_try(const Case& problem, const Contender& contender,
                              std::size_t host_bytes, std::size_t kept_on_device,
                              const Session& session) {
  if (contender.is(Side::cuda) && !session.device) return session.cuda_absence;
  if (const Support support = contender.candidate->supports(); !support) return support.reason;
  if (host_bytes > session.memory_limit) {
    return fmt::format("needs {} B of host memory, the limit is {} B", host_bytes,
                       session.memory_limit);
  }
  if (contender.is(Side::cuda)) {
    const int sets = cold_sets(problem.problem.tensors, session.device_cold_bytes);
    const std::size_t bytes = Buffers::bytes_needed(problem.problem.tensors, sets) + kept_on_device;
    const std::size_t free_bytes = session.device->free_bytes();
    if (bytes > free_bytes) {
      return fmt::format("needs {} B of device memory, {} B are free", bytes, free_bytes);
    }
  }
  return {};
}

}  // namespace

std::size_t host_bytes_needed(const ProblemView& problem, std::size_t cold_bytes) {
  const int sets = cold_sets(problem.tensors, cold_bytes);
  const std::size_t one = Buffers::bytes_needed(problem.tensors, 1);
  return Buffers::bytes_needed(problem.tensors, sets) + 3 * one;
}

void admit(const Case& problem, std::vector<Contender>& contenders, Session& session) {
  // All problems that are computed are in memory at once.
  std::set<const ProblemView*> computed{&problem.problem};
  for (const Contender& contender : contenders) {
    computed.insert(&computed_by(*contender.candidate, problem.problem));
  }
  std::size_t host_bytes = kept_bytes(problem, contenders, Side::cpu);
  for (const ProblemView* view : computed) {
    host_bytes += host_bytes_needed(*view, session.cpu_cold_bytes);
  }
  for (Contender& contender : contenders) {
    std::string reason;
    guarded(contender, [&] {  // a device that failed before fails again
      reason = reason_not_to_try(problem, contender, host_bytes,
                                 kept_bytes(problem, contenders, Side::cuda), session);
    });
    if (reason.empty() && contender.status == Status::ok) {
      contender.pilot_s =
          session.predictions
              .seconds(problem, *contender.candidate, contender.threads, session.device)
              .value_or(0);
      if (contender.pilot_s > kCallCap) {
        reason = fmt::format("predicted {:.3g} s a call, more than the cap of {} s",
                             contender.pilot_s, kCallCap);
      }
    }
    if (!reason.empty()) contender.end(Status::skipped, std::move(reason));
  }
}

void fit_to_allowance(std::vector<Contender>& contenders, double allowance_s,
                      const Session& session) {
  std::vector<Unit> units;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    if (contenders[i].status == Status::ok)
      units.push_back(unit_of(contenders, i, CacheState::warm, session));
  }
  const auto cost_s = [&](const Unit& unit) {
    return unit.call_s * least_calls(session.repetitions);
  };
  for (const Unit& unit : select_units(std::move(units), cost_s, allowance_s).skipped) {
    contenders[unit.contender].end(
        Status::skipped,
        budget_reason(unit.call_s,
                      fmt::format("verification and {} repetitions", session.repetitions),
                      allowance_s));
  }
}

}  // namespace breakeven
