#include "benchmarks/harness/pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "benchmarks/harness/break_even.h"
#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

constexpr std::array kAmortisedOver{1, 10, 100, 1000};

/// Median over the repetitions that are there; nothing if there is none.
std::optional<double> middle(const Series& series) {
  std::vector<double> values;
  for (const auto& value : series) {
    if (value) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  return median(values);
}

/// Speedup over the repetitions that both sides have.
Json speedup(const Series& cpu, const Series& gpu) {
  std::vector<double> numerators, denominators;
  for (std::size_t r = 0; r < std::min(cpu.size(), gpu.size()); ++r) {
    if (!cpu[r] || !gpu[r]) continue;
    numerators.push_back(*cpu[r]);
    denominators.push_back(*gpu[r]);
  }
  const auto ratio = paired_ratio(numerators, denominators);
  if (!ratio) return nullptr;
  return {{"estimate", ratio->estimate},
          {"low", or_null(ratio->low)},
          {"high", or_null(ratio->high)},
          {"repetitions", ratio->repetitions}};
}

struct Pairing {
  const char* name;
  std::size_t cpu;
};

std::vector<Pairing> pairings(const CaseResult& result, int all_threads) {
  std::vector<Pairing> found;
  const auto add = [&](const char* name, auto admits) {
    if (const auto cpu = fastest_in_pilot(result.contenders, admits)) found.push_back({name, *cpu});
  };
  // Where only one thread was asked for, what knows no more is not the fastest on all cores.
  const auto threaded = [](const Contender& contender) { return contender.candidate->threaded; };
  const auto on_all_cores = [&](const Contender& contender) {
    return contender.is(Side::cpu) && (contender.threads == all_threads || !threaded(contender));
  };
  const auto& all = result.contenders;
  if (std::none_of(all.begin(), all.end(), threaded) ||
      std::any_of(all.begin(), all.end(), [&](const Contender& contender) {
        return threaded(contender) && contender.threads == all_threads;
      })) {
    add("fastest", on_all_cores);
  }
  add("one_thread",
      [](const Contender& contender) { return contender.is(Side::cpu) && contender.threads == 1; });
  add("naive", [](const Contender& contender) {
    return contender.is(Side::cpu) && contender.candidate->rung == Rung::naive;
  });
  return found;
}

/// The fastest CUDA contender of each math mode; for the copies' own mode, the one they were
/// measured with.
std::vector<std::size_t> cuda_sides(const CaseResult& result) {
  const std::size_t copied = *result.transfer_contender;
  std::vector<std::size_t> sides{copied};
  std::set<std::string_view> seen{result.contenders[copied].candidate->math_mode.name};
  for (const Contender& one : result.contenders) {
    const std::string_view mode = one.candidate->math_mode.name;
    const auto fastest = fastest_in_pilot(result.contenders, [&](const Contender& contender) {
      return contender.is(Side::cuda) && contender.planned &&
             contender.candidate->math_mode.name == mode;
    });
    if (fastest && seen.insert(mode).second) sides.push_back(*fastest);
  }
  return sides;
}

Json pair_row(const Case& problem, const CaseResult& result, const Pairing& pairing,
              std::size_t gpu, CacheState cache, HostMemory memory,
              const TransferSeries& transfers) {
  const bool copied = gpu == *result.transfer_contender;
  const Contender& cpu_side = result.contenders[pairing.cpu];
  const Series& cpu = result.series[pairing.cpu].of(cache);
  const Series& kernel = result.series[gpu].of(cache);
  const bool warm = cache == CacheState::warm;
  const Series no_call(cpu.size());
  const Series& call = warm ? result.series[gpu].call : no_call;

  std::set<std::string> flags = result.series[pairing.cpu].flags[int(cache)];
  flags.insert(result.series[gpu].flags[int(cache)].begin(),
               result.series[gpu].flags[int(cache)].end());
  flags.insert(transfers.flags.begin(), transfers.flags.end());

  const auto cpu_s = middle(cpu), call_s = middle(call);
  const auto h2d_s = middle(transfers.h2d), d2h_s = middle(transfers.d2h);
  const auto whole_s = copied ? middle(transfers.end_to_end) : std::nullopt;
  Json amortised = Json::array();
  Json break_even = nullptr;
  if (cpu_s && call_s && h2d_s && d2h_s) {
    for (int calls : kAmortisedOver) {
      amortised.push_back({{"calls", calls},
                           {"speedup", amortised_speedup(*cpu_s, *call_s, *h2d_s, *d2h_s, calls)}});
    }
    const auto calls = break_even_calls(*cpu_s, *call_s, *h2d_s, *d2h_s);
    break_even = calls ? Json(*calls) : Json("never");
  }
  const bool share = h2d_s && d2h_s && whole_s;
  const ProblemView& view = problem.problem;
  return {
      {"kind", "pair"},
      {"case", view.id},
      {"operation", view.operation},
      {"dtype", name_of(view.dtype)},
      {"math_mode", result.contenders[gpu].candidate->math_mode.name},
      {"cpu_dtype", name_of(computed_by(*cpu_side.candidate, view).dtype)},
      {"tags", problem.tags},
      {"multiplicities", problem.multiplicities},
      {"flops", view.flops},
      {"bytes", view.least_bytes},
      {"pairing", pairing.name},
      {"cache", name_of(cache)},
      {"cpu_implementation", cpu_side.candidate->implementation},
      {"cpu_threads", cpu_side.threads},
      {"cuda_implementation", result.contenders[gpu].candidate->implementation},
      {"host_memory", name_of(memory)},
      {"cpu_s", or_null(cpu_s)},
      {"kernel_s", or_null(middle(kernel))},
      {"call_s", or_null(call_s)},
      {"end_to_end_s", or_null(whole_s)},
      {"h2d_s", or_null(h2d_s)},
      {"d2h_s", or_null(d2h_s)},
      {"speedup_kernel", speedup(cpu, kernel)},
      {"speedup_call", speedup(cpu, call)},
      {"speedup_end_to_end", warm && copied ? speedup(cpu, transfers.end_to_end) : Json(nullptr)},
      {"speedup_epoch", warm && copied
                            ? speedup(result.series[pairing.cpu].epoch_step, transfers.epoch_step)
                            : Json(nullptr)},
      {"speedup_amortised", amortised},
      {"transfer_share", share ? or_null((*h2d_s + *d2h_s) / *whole_s) : Json(nullptr)},
      {"break_even_calls", break_even},
      {"flags", flags},
      {"reason", !warm    ? Json("calls back to back and whole trips are warm")
                 : copied ? Json(nullptr)
                          : Json("whole trips were measured in the case's own arithmetic")}};
}

}  // namespace

std::vector<Json> pair_rows(const Case& problem, const CaseResult& result, int all_threads) {
  std::vector<Json> rows;
  if (!result.transfer_contender) return rows;
  if (result.contenders[*result.transfer_contender].status != Status::ok) return rows;
  for (const Pairing& pairing : pairings(result, all_threads)) {
    for (CacheState cache : {CacheState::warm, CacheState::cold}) {
      if (!middle(result.series[pairing.cpu].of(cache))) continue;
      for (std::size_t gpu : cuda_sides(result)) {
        for (const auto& [memory, transfers] : result.transfers) {
          rows.push_back(pair_row(problem, result, pairing, gpu, cache, memory, transfers));
        }
      }
    }
  }
  return rows;
}

}  // namespace breakeven
