#include "benchmarks/harness/transfer_contender.h"

namespace breakeven {
namespace {

/// In the problem's own arithmetic, unless only others are there.
std::optional<std::size_t> fastest_planned(const CaseResult& result) {
  const auto planned = [](const Contender& contender) {
    return contender.is(Side::cuda) && contender.planned;
  };
  const auto fastest = fastest_in_pilot(result.contenders, [&](const Contender& contender) {
    return planned(contender) && contender.candidate->math_mode.name == MathMode{}.name;
  });
  return fastest ? fastest : fastest_in_pilot(result.contenders, planned);
}

}  // namespace

void choose_transfer_contender(CaseResult& result, const std::vector<Unit>& measured) {
  for (const Unit& unit : measured) {
    if (unit.cache == CacheState::warm) result.contenders[unit.contender].planned = true;
  }
  result.transfer_contender = fastest_planned(result);
}

void replace_failed_transfer_contender(CaseResult& result) {
  auto& chosen = result.transfer_contender;
  if (!chosen || result.contenders[*chosen].status == Status::ok) return;
  chosen = fastest_planned(result);
  for (auto& [memory, transfers] : result.transfers) {
    transfers.end_to_end.assign(transfers.end_to_end.size(), std::nullopt);
    transfers.epoch_step.assign(transfers.epoch_step.size(), std::nullopt);
    transfers.flags.clear();
  }
}

}  // namespace breakeven
