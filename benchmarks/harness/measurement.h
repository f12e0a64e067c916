#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "benchmarks/harness/contender.h"
#include "benchmarks/harness/plan.h"
#include "benchmarks/harness/session.h"
#include "benchmarks/harness/transfers.h"

namespace breakeven {

/// A value for each repetition that was measured and verified; nothing elsewhere.
using Series = std::vector<std::optional<double>>;

/// What the repetitions of one contender gave [s].
struct ContenderSeries {
  Series warm, cold;                    // medians of one call
  Series call;                          // CUDA: back-to-back host wall per call
  Series epoch_step = {};               // CPU: a call on a batch that is loaded first
  std::set<std::string> flags[2] = {};  // of its rows, by cache state

  const Series& of(CacheState cache) const { return cache == CacheState::warm ? warm : cold; }
};

/// What the repetitions of the copies gave for one kind of host memory [s].
struct TransferSeries {
  Series h2d, d2h, end_to_end;
  Series epoch_step = {};  // a call on a batch that is loaded and copied first
  std::set<std::string> flags = {};
};

/// Who takes part in the measurement of a problem: an index into its candidates, and threads.
struct Entry {
  std::size_t candidate;
  int threads;  // 0 for CUDA
};

/// All that was measured of one problem, for pairs and for Google Benchmark.
struct CaseResult {
  std::vector<Contender> contenders;    // one for each entry
  std::vector<ContenderSeries> series;  // likewise
  std::optional<std::size_t> transfer_contender;
  std::map<HostMemory, TransferSeries> transfers;
};

/// Verifies, pilots, plans and measures one problem within `allowance_s`; each row is written as
/// soon as it is there. Never throws for what an implementation does.
CaseResult measure_case(const Case& problem, const std::vector<Entry>& entries, double allowance_s,
                        Session& session);

/// The contender with the least pilot time among the verified ones that `admits` takes.
template <class Predicate>
std::optional<std::size_t> fastest_in_pilot(const std::vector<Contender>& contenders,
                                            Predicate admits) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& contender = contenders[i];
    if (contender.status != Status::ok || !admits(contender)) continue;
    if (!best || contender.pilot_s < contenders[*best].pilot_s) best = i;
  }
  return best;
}

}  // namespace breakeven
