#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/harness/runner.h"
#include "benchmarks/harness/verify.h"

namespace breakeven {

enum class Status { ok, failed, skipped, error };
std::string_view name_of(Status status);

enum class CacheState { warm, cold };
constexpr std::string_view name_of(CacheState cache) {
  return cache == CacheState::warm ? "warm" : "cold";
}

/// State of one tier of verification.
enum class Tier { not_run, passed, failed };

/// Result of verifying a contender, as in a row's `check`.
struct Check {
  Tier exact = Tier::not_run;
  Tier real = Tier::not_run;
  Tier after = Tier::not_run;
  std::optional<bool> inputs_unchanged;
  double worst = 0;
  std::int64_t elements = 0;
  std::string detail;

  bool failed() const {
    return exact == Tier::failed || real == Tier::failed || after == Tier::failed ||
           inputs_unchanged == false;
  }
};

/// The two tiers' data of a problem.
struct VerificationData {
  const CheckData& exact;
  const CheckData& real;
};

/// A candidate with a number of threads, on its way through the measurement of one problem.
struct Contender {
  const Candidate* candidate;
  int threads;  // 0 for CUDA
  Status status = Status::ok;
  std::string reason = {};
  Check check = {};
  std::unique_ptr<Runner> runner = {};
  int checked_set = 0;               // whose output the check after timing looks at
  std::optional<int> launches = {};  // of a call; CUDA, where they can be counted
  double pilot_s = 0;    // seconds of one warm call, from pilot samples that are not reported
  bool planned = false;  // the time budget has room for its warm repetitions

  bool is(Side side) const { return candidate->side == side; }
  void end(Status how, std::string why) {
    status = how;
    reason = std::move(why);
  }
};

/// Runs `step`; what it throws becomes the contender's status `error` with the message.
void guarded(Contender& contender, const std::function<void()>& step);

/// Both tiers before timing: exact (where the problem has one), then real with the inputs hashed
/// before and after and the guards looked at. A failure becomes the contender's status. The real
/// tier's call is timed: the first figure for `pilot_s`.
void verify(Contender& contender, const VerificationData& data);

/// Makes set 0 ready for a timed repetition whose last output is checked: inputs restored, outputs
/// poisoned.
void reset(Contender& contender, const VerificationData& data);

/// Poisons the output of a set between warming up and the first sample: what is checked afterwards
/// was then written by a timed call.
void poison(Contender& contender, const VerificationData& data, int set);

/// The real tier again, on the output that the timed calls left in `checked_set`. A problem with an
/// inout tensor is replayed on set 0: restored, called once, checked.
void verify_after(Contender& contender, const VerificationData& data);

/// The real tier on what the end-to-end region brought back to the host; no `outputs` where there
/// is an inout among them.
void verify_copied_out(Contender& contender, const VerificationData& data, Tensors outputs);

}  // namespace breakeven
