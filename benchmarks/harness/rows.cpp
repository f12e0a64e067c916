#include "benchmarks/harness/rows.h"

#include <fmt/format.h>

#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

std::string_view name_of(Tier tier) {
  return tier == Tier::passed ? "passed" : tier == Tier::failed ? "failed" : "not_run";
}

Json problem_sizes(const ProblemView& problem) {
  Json sizes = Json::object();
  for (const auto& [name, value] : problem.sizes) {
    const bool whole = !value.empty() && value.size() < 16 &&
                       value.find_first_not_of("0123456789") == std::string::npos;
    if (whole) {
      sizes[name] = std::stoll(value);
    } else {
      sizes[name] = value;
    }
  }
  return sizes;
}

Json check_json(const Check& check) {
  Json inputs = nullptr;
  if (check.inputs_unchanged) inputs = *check.inputs_unchanged;
  return {{"exact", name_of(check.exact)},
          {"real", name_of(check.real)},
          {"after", name_of(check.after)},
          {"inputs_unchanged", inputs},
          {"worst", check.elements > 0 || check.worst > 0 ? or_null(check.worst) : Json(nullptr)},
          {"elements", check.elements > 0 ? Json(check.elements) : Json(nullptr)},
          {"detail", or_null(check.detail)}};
}

std::string quoted_id(const std::string& id) {
  std::string escaped;
  for (char c : id) {
    if (std::string_view(".+*?()[]{}|^$\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// All fields, those of a measurement null.
Json blank_row(const Session& session, const Case& problem, const Contender& contender,
               CacheState cache) {
  const Candidate& candidate = *contender.candidate;
  const ProblemView& view = problem.problem;
  const ProblemView& computed = computed_by(candidate, view);
  const std::string threads =
      contender.threads > 0 ? fmt::format(" --threads {}", contender.threads) : "";
  return {{"kind", "case"},
          {"case", view.id},
          {"operation", view.operation},
          {"side", name_of(candidate.side)},
          {"implementation", candidate.implementation},
          {"rung", name_of(candidate.rung)},
          {"tags", problem.tags},
          {"multiplicities", problem.multiplicities},
          {"problem", problem_sizes(view)},
          {"dtype", name_of(computed.dtype)},
          {"math_mode", candidate.math_mode.name},
          {"threads", contender.threads > 0 ? Json(contender.threads) : Json(nullptr)},
          {"cache", name_of(cache)},
          {"repetition", 0},
          {"order", nullptr},
          {"status", name_of(contender.status)},
          {"reason", or_null(contender.reason)},
          {"flags", Json::array()},
          {"flops", computed.flops},
          {"nominal_flops", or_null(computed.nominal_flops)},
          {"bytes", computed.least_bytes},
          {"judged_by", computed.judged_by_bytes ? "bytes" : "flops"},
          {"items", view.items > 0 ? Json(view.items) : Json(nullptr)},
          {"samples_s", nullptr},
          {"batch", nullptr},
          {"median_s", nullptr},
          {"ci_low_s", nullptr},
          {"ci_high_s", nullptr},
          {"outliers", nullptr},
          {"stop_reason", nullptr},
          {"warmup_s", nullptr},
          {"call_s", nullptr},
          {"latency_s", nullptr},
          {"latency_p99_s", nullptr},
          {"latency_calls", nullptr},
          {"read_back_s", nullptr},
          {"epoch_step_s", nullptr},
          {"launches", nullptr},
          {"parts", nullptr},
          {"prepare_s", nullptr},
          {"pack_s", nullptr},
          {"plan", nullptr},
          {"workspace_bytes", nullptr},
          {"memory", nullptr},
          {"device_bytes", nullptr},
          {"check", check_json(contender.check)},
          {"clock", nullptr},
          {"inputs", nullptr},
          {"reproduce",
           fmt::format("{} --filter '^{}/{}/{}$'{}", session.reproduce, quoted_id(view.id),
                       name_of(candidate.side), quoted_id(candidate.implementation), threads)}};
}

/// What is copied in one direction: every tensor but those of one role [B].
std::size_t bytes_copied(const ProblemView& problem, bool (*is_copied)(Role)) {
  std::size_t bytes = 0;
  for (const TensorSpec& spec : problem.tensors) {
    if (is_copied(spec.role)) bytes += spec.bytes();
  }
  return bytes;
}

Json flags(const Session& session, const ProblemView& view, const Contender& contender,
           const Repetition& repetition, double seconds) {
  Json flags = Json::array();
  const Side side = contender.candidate->side;
  const auto flop_ceiling = session.ceilings.flops_per_second(
      side, view.dtype, contender.candidate->math_mode.name, contender.threads);
  const auto byte_ceiling = session.ceilings.bytes_per_second(side, contender.threads);
  const bool too_many_flops = flop_ceiling && view.flops / seconds > 1.05 * *flop_ceiling;
  const bool too_many_bytes = repetition.cache == CacheState::cold && byte_ceiling &&
                              view.least_bytes / seconds > 1.05 * *byte_ceiling;
  if (too_many_flops || too_many_bytes) flags.push_back("suspect");
  // A GPU's clock only: a CPU's falls from its boost whenever all cores start to work.
  const auto &before = repetition.gpu_mhz_before, &after = repetition.gpu_mhz_after;
  if (before && after && *after < 0.9 * *before) flags.push_back("throttled");
  if (repetition.samples.stop == StopReason::wall) flags.push_back("capped");
  if (repetition.parts && repetition.parts->open) flags.push_back("open");
  return flags;
}

}  // namespace

Json case_row(const Session& session, const Case& problem, const Contender& contender,
              const Repetition& repetition, const InputStatistics& inputs) {
  Json row = blank_row(session, problem, contender, repetition.cache);
  row["repetition"] = repetition.number;
  if (contender.status != Status::ok) return row;
  const bool cuda = contender.is(Side::cuda);
  const auto& seconds = repetition.samples.seconds;
  const double middle = median(seconds);
  row["order"] = session.order;
  row["flags"] = flags(session, computed_by(*contender.candidate, problem.problem), contender,
                       repetition, middle);
  row["samples_s"] = seconds;
  row["batch"] = repetition.samples.batch;
  row["median_s"] = middle;
  if (const auto interval = median_interval(seconds)) {
    row["ci_low_s"] = interval->first;
    row["ci_high_s"] = interval->second;
  }
  row["outliers"] = count_outliers(seconds);
  row["stop_reason"] = name_of(repetition.samples.stop);
  row["warmup_s"] = repetition.samples.warmup_s;
  row["call_s"] = or_null(repetition.calls.call_s);
  row["latency_s"] = or_null(repetition.calls.latency_s);
  row["latency_p99_s"] = or_null(repetition.calls.latency_p99_s);
  row["latency_calls"] = count_or_null(repetition.calls.latency_calls);
  row["read_back_s"] = or_null(repetition.calls.read_back_s);
  row["epoch_step_s"] = or_null(repetition.calls.epoch_step_s);
  row["launches"] = count_or_null(contender.launches);
  if (repetition.parts) {
    Json parts = Json::object();
    for (const auto& [name, part_s] : repetition.parts->seconds) parts[name + "_s"] = part_s;
    parts["closure"] = repetition.parts->closure;
    row["parts"] = parts;
  }
  row["prepare_s"] = contender.runner->prepare_seconds();
  row["pack_s"] = or_null(contender.runner->pack_seconds());
  row["plan"] = or_null(contender.runner->plan());
  if (const auto bytes = contender.runner->workspace_bytes()) row["workspace_bytes"] = *bytes;
  for (const auto& [name, bytes] : contender.runner->memory()) row["memory"][name] = bytes;
  if (cuda)
    row["device_bytes"] = contender.runner->buffers().bytes() + contender.runner->packed_bytes();
  row["clock"] = {
      {"before_mhz", or_null(cuda ? repetition.gpu_mhz_before : repetition.before.cpu_mhz)},
      {"after_mhz", or_null(cuda ? repetition.gpu_mhz_after : repetition.after.cpu_mhz)},
      {"steal_s", repetition.after.steal_s - repetition.before.steal_s},
      {"involuntary_switches",
       repetition.after.involuntary_switches - repetition.before.involuntary_switches}};
  row["inputs"] = {{"mean", inputs.mean},
                   {"standard_deviation", inputs.standard_deviation},
                   {"zero_fraction", inputs.zero_fraction}};
  return row;
}

Json unmeasured_row(const Session& session, const Case& problem, const Contender& contender,
                    CacheState cache) {
  return blank_row(session, problem, contender, cache);
}

Json transfer_row(const Case& problem, const Contender& contender, HostMemory memory,
                  int repetition, const std::optional<TransferTimes>& times,
                  const std::string& reason, double device_allocate_s) {
  const auto value = [&](double TransferTimes::* member) {
    return times ? or_null((*times).*member) : Json(nullptr);
  };
  Json parts = nullptr;
  if (times) {
    parts = {{"h2d_s", times->part_in_s},
             {"compute_s", times->part_compute_s},
             {"d2h_s", times->part_out_s},
             {"host_s", times->part_host_s}};
  }
  return {
      {"kind", "transfer"},
      {"case", problem.problem.id},
      {"implementation", contender.candidate->implementation},
      {"host_memory", name_of(memory)},
      {"repetition", repetition},
      {"status", contender.status == Status::failed ? "failed"
                 : times                            ? "ok"
                                                    : "error"},
      {"reason", or_null(reason)},
      {"flags", times && times->open ? Json::array({"open"}) : Json::array()},
      {"h2d_bytes", bytes_copied(problem.problem, is_copied_in)},
      {"d2h_bytes", bytes_copied(problem.problem, is_copied_out)},
      {"h2d_s", value(&TransferTimes::h2d_s)},
      {"d2h_s", value(&TransferTimes::d2h_s)},
      {"h2d_wall_s", value(&TransferTimes::h2d_wall_s)},
      {"d2h_wall_s", value(&TransferTimes::d2h_wall_s)},
      {"pin_s", memory == HostMemory::pinned ? value(&TransferTimes::allocate_s) : Json(nullptr)},
      {"allocate_s", or_null(device_allocate_s)},
      {"end_to_end_s", value(&TransferTimes::end_to_end_s)},
      {"sequence_s", times ? or_null(times->sequence_s) : Json(nullptr)},
      {"epoch_step_s", times ? or_null(times->epoch_step_s) : Json(nullptr)},
      {"overlapped_s", times ? or_null(times->overlapped_s) : Json(nullptr)},
      {"parts", parts},
      {"closure", value(&TransferTimes::closure)}};
}

}  // namespace breakeven
