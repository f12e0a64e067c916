#include "benchmarks/harness/contender.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>

#include "benchmarks/harness/clock.h"

namespace breakeven {
namespace {

/// Brings set 0 of a contender back to the state before a call.
void load(Contender& contender, const CheckData& data) {
  contender.runner->buffers().load(0, data.image());
  contender.runner->pack(0);
  contender.checked_set = 0;
}

/// The bound that a contender is held to.
Rounding rounding_of(const Contender& contender, const ProblemView& problem) {
  return in_mode(contender.candidate->math_mode, problem.rounding);
}

/// Checks what lies in the checked set against a tier.
Tier check_output(Contender& contender, const CheckData& data) {
  Buffers& buffers = contender.runner->buffers();
  std::vector<TensorSpec> specs;
  for (const std::size_t place : data.outputs()) specs.push_back(data.problem().tensors[place]);
  HostBuffers host(specs, 1);
  const Tensors outputs = host.tensors(0);
  contender.runner->unpack(contender.checked_set);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    buffers.download(outputs[i].data, buffers.tensors(contender.checked_set)[data.outputs()[i]]);
  }
  const auto outcome = data.check(outputs, rounding_of(contender, data.problem()));
  contender.check.worst = std::max(contender.check.worst, outcome.worst);
  contender.check.elements = outcome.elements;
  if (!outcome.verdict.ok) contender.check.detail = outcome.verdict.detail;
  return outcome.verdict.ok ? Tier::passed : Tier::failed;
}

/// Whether the inputs in the checked set are still what was loaded.
bool inputs_unchanged(Contender& contender, const CheckData& data) {
  Buffers& buffers = contender.runner->buffers();
  const auto& specs = data.problem().tensors;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (is_written(specs[i].role)) continue;
    HostBuffers host({specs[i]}, 1);
    const Tensor found = host.tensors(0)[0];
    buffers.download(found.data, buffers.tensors(contender.checked_set)[i]);
    if (hash_of(found) != hash_of(data.before()[i])) {
      contender.check.detail = fmt::format("input {} was changed", specs[i].name);
      return false;
    }
  }
  return true;
}

void conclude(Contender& contender, std::string_view what) {
  if (contender.check.failed()) {
    contender.end(Status::failed, fmt::format("{}: {}", what, contender.check.detail));
  }
}

void check_surroundings(Contender& contender, const CheckData& data) {
  contender.check.inputs_unchanged = inputs_unchanged(contender, data);
  if (!contender.runner->guards_intact(contender.checked_set)) {
    contender.check.detail = "wrote outside its tensors";
    contender.check.real = Tier::failed;
  }
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::failed:
      return "failed";
    case Status::skipped:
      return "skipped";
    case Status::error:
      return "error";
  }
  return "";
}

void guarded(Contender& contender, const std::function<void()>& step) {
  try {
    step();
  } catch (const std::bad_alloc&) {
    contender.end(Status::error, "out of memory");
  } catch (const OutOfMemory& error) {
    contender.end(Status::error, fmt::format("out of memory: {}", error.what()));
  } catch (const std::exception& error) {
    contender.end(Status::error, error.what());
  } catch (...) {
    contender.end(Status::error, "threw something that is no std::exception");
  }
}

void verify(Contender& contender, const VerificationData& data) {
  guarded(contender, [&] {
    contender.runner->select_threads();
    if (data.exact.problem().exact_range > 0) {
      load(contender, data.exact);
      contender.runner->call(0);
      contender.runner->finish();
      contender.check.exact = check_output(contender, data.exact);
      conclude(contender, "exact tier");
      if (contender.status != Status::ok) return;
    }

    load(contender, data.real);
    const double start = steady_seconds();
    contender.runner->call(0);
    contender.runner->finish();
    contender.pilot_s = steady_seconds() - start;
    contender.check.real = check_output(contender, data.real);
    check_surroundings(contender, data.real);
    conclude(contender, "real tier");
  });
}

void reset(Contender& contender, const VerificationData& data) {
  guarded(contender, [&] { load(contender, data.real); });
}

void poison(Contender& contender, const VerificationData& data, int set) {
  if (data.real.replays()) return;
  for (const std::size_t output : data.real.outputs()) {
    contender.runner->buffers().load_tensor(set, output, data.real.image());
  }
  if (contender.runner->unpacks()) contender.runner->pack(set);
  contender.checked_set = set;
}

void verify_after(Contender& contender, const VerificationData& data) {
  guarded(contender, [&] {
    if (data.real.replays()) {
      load(contender, data.real);
      contender.runner->call(0);
      contender.runner->finish();
    }
    contender.check.after = check_output(contender, data.real);
    check_surroundings(contender, data.real);
    conclude(contender, "after timing");
  });
}

void verify_copied_out(Contender& contender, const VerificationData& data, Tensors outputs) {
  if (outputs.empty()) return;
  const auto outcome = data.real.check(outputs, rounding_of(contender, data.real.problem()));
  if (outcome.verdict.ok) return;
  contender.check.after = Tier::failed;
  contender.check.detail = outcome.verdict.detail;
  conclude(contender, "end to end");
}

}  // namespace breakeven
