#include "benchmarks/harness/admission.h"

#include <algorithm>

#include <fmt/format.h>

#include "benchmarks/harness/plan.h"

namespace breakeven {
namespace {

/// Calls of a contender that cannot be avoided: two to verify, one pilot, two a repetition.
int least_calls(int repetitions) { return 3 + 2 * repetitions; }

std::string reason_not_to_try(const Case& problem, const Contender& contender, double allowance_s,
                              Session& session) {
  const Candidate& candidate = *contender.candidate;
  if (!candidate.support) return candidate.support.reason;
  if (contender.is(Side::cuda) && !session.device) return session.cuda_absence;
  const auto call_s =
      session.predictions.seconds(problem, candidate, contender.threads, session.device);
  if (!call_s) return {};
  if (*call_s > kCallCap) {
    return fmt::format("predicted {:.3g} s a call, more than the cap of {} s", *call_s, kCallCap);
  }
  if (*call_s * least_calls(session.repetitions) > allowance_s) {
    return fmt::format("predicted {:.3g} s a call: {} repetitions do not fit in this problem's {:.3g} s"
                       " of the time budget",
                       *call_s, session.repetitions, allowance_s);
  }
  return {};
}

bool takes_all_threads(const Contender& contender, const Session& session) {
  return contender.is(Side::cuda) || contender.threads == session.all_threads;
}

/// Whether a side had somebody to measure with all threads, and lost all of them to predictions.
bool lost(Side side, const std::vector<Contender>& contenders, const Session& session) {
  bool had = false;
  for (const Contender& contender : contenders) {
    const Candidate& candidate = *contender.candidate;
    const bool possible = candidate.support && (side == Side::cpu || session.device);
    if (candidate.side != side || !possible || !takes_all_threads(contender, session)) continue;
    if (contender.status == Status::ok) return false;
    had = true;
  }
  return had;
}

}  // namespace

std::size_t host_bytes_needed(const ProblemView& problem, std::size_t cold_bytes) {
  const int sets = cold_sets(problem.tensors, cold_bytes);
  const std::size_t one = Buffers::bytes_needed(problem.tensors, 1);
  return Buffers::bytes_needed(problem.tensors, sets) + 3 * one;
}

void admit(const Case& problem, std::vector<Contender>& contenders, double allowance_s,
           Session& session) {
  const std::size_t bytes = host_bytes_needed(problem.problem, session.cpu_cold_bytes);
  for (Contender& contender : contenders) {
    std::string reason =
        bytes > session.memory_limit
            ? fmt::format("needs {} B of host memory, the limit is {} B", bytes, session.memory_limit)
            : reason_not_to_try(problem, contender, allowance_s, session);
    if (!reason.empty()) contender.end(Status::skipped, std::move(reason));
  }
  for (Side side : {Side::cpu, Side::cuda}) {
    if (!lost(side, contenders, session)) continue;
    for (Contender& contender : contenders) {
      if (contender.status == Status::ok) {
        contender.end(Status::skipped, fmt::format("no {} implementation fits in the time budget",
                                                   name_of(side)));
      }
    }
  }
}

}  // namespace breakeven
