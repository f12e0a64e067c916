#include "benchmarks/harness/parts.h"

#include <algorithm>
#include <cmath>

#include "benchmarks/harness/clock.h"

namespace breakeven {
namespace {

/// One call: the parts in their turns, and when each ended since the beginning [s].
struct MarkedCall {
  std::vector<std::string> names;
  std::vector<double> ends;

  double whole() const { return ends.back(); }
};

/// `hold`: a device's stream is held until all is enqueued, as it is for the samples of a call that
/// does not hide its launches: the parts then have no gaps that the call has not.
MarkedCall marked_call(Runner& runner, Device* device, bool hold) {
  MarkedCall call;
  if (device) {
    if (hold) device->block();
    device->mark();
    runner.call_in_parts(0, [&](std::string_view part) {
      device->mark();
      call.names.emplace_back(part);
    });
    if (hold) device->unblock();
    runner.finish();
    call.ends = device->take_marks();
    call.ends.erase(call.ends.begin());
    return call;
  }
  const double start = steady_seconds();
  runner.call_in_parts(0, [&](std::string_view part) {
    call.ends.push_back(steady_seconds() - start);
    call.names.emplace_back(part);
  });
  return call;
}

}  // namespace

Parts measure_parts(Runner& runner, Device* device, double whole_s, const SamplingLimits& limits) {
  runner.select_threads();
  const bool hold = !hides_its_launches(whole_s, limits.launches);
  std::vector<MarkedCall> calls;
  const double start = steady_seconds();
  do {
    calls.push_back(marked_call(runner, device, hold));
  } while (calls.size() < static_cast<std::size_t>(limits.max_samples) &&
           steady_seconds() - start < limits.wall_cap_s);
  const auto middle = calls.begin() + static_cast<std::ptrdiff_t>(calls.size() / 2);
  std::ranges::nth_element(calls, middle, {}, &MarkedCall::whole);

  Parts parts;
  double before = 0;
  for (std::size_t i = 0; i < middle->names.size(); ++i) {
    auto found =
        std::ranges::find(parts.seconds, middle->names[i], &std::pair<std::string, double>::first);
    if (found == parts.seconds.end()) {
      found = parts.seconds.insert(found, {middle->names[i], 0.0});
    }
    found->second += middle->ends[i] - before;
    before = middle->ends[i];
  }
  parts.closure = middle->whole() / whole_s;
  const double off_s = std::abs(middle->whole() - whole_s);
  parts.open = off_s > 0.05 * whole_s && off_s > 5e-6;
  return parts;
}

}  // namespace breakeven
