#include "benchmarks/harness/ceilings/device_probes.h"

#include <fmt/format.h>

#include "benchmarks/harness/ceilings/device_memory.h"
#include "benchmarks/harness/ceilings/host_array.h"
#include "benchmarks/harness/ceilings/kernel_probes.h"
#include "benchmarks/harness/sampling_loop.h"
#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kLinkBytes = 256 * kMiB;

enum class Direction { in, out };

/// The host's end of a copy: page-locked by the device, or ordinary memory that is touched first.
std::shared_ptr<void> host_memory(Device& device, std::size_t bytes, bool pinned) {
  std::shared_ptr<void> memory;
  if (pinned) {
    memory = pinned_memory(device, bytes);
  } else {
    const auto array = std::make_shared<HostArray<std::byte>>(bytes);
    memory = {array, array->data()};
  }
  std::fill_n(static_cast<std::byte*>(memory.get()), bytes, std::byte{1});
  return memory;
}

Reading measure_link(Device& device, Direction direction, bool pinned, const SamplingLimits& limits,
                     Clock clock) {
  const std::size_t bytes = affordable(device, kLinkBytes);
  const auto on_device = device_memory(device, bytes);
  const auto on_host = host_memory(device, bytes, pinned);
  const auto copy = [&](int) {
    direction == Direction::in ? device.copy_in(on_device.get(), on_host.get(), bytes)
                               : device.copy_out(on_host.get(), on_device.get(), bytes);
  };
  copy(0);
  device.synchronize();
  // A copy from pageable memory is driven by the host: it must not wait behind a held stream, and
  // the wall is the time that counts.
  const Samples samples = pinned ? sample_device(device, copy, /*sets=*/1, limits, clock)
                                 : sample_latency(device, copy, limits, clock);
  return {static_cast<double>(bytes) / fastest(samples),
          fmt::format("{} MiB, {}", bytes / kMiB, pinned ? "events" : "wall")};
}

Reading measure_launch(Device& device, const SamplingLimits& limits, Clock clock) {
  const auto launch = [&](int) { device.launch_empty_kernel(); };
  const Samples samples = sample_device(device, launch, /*sets=*/1, limits, clock);
  return {median(samples.seconds),
          "empty kernel, one after another in a queue: device time of each"};
}

Reading measure_call(Device& device, const SamplingLimits& limits, Clock clock) {
  const auto launch = [&](int) { device.launch_empty_kernel(); };
  const Samples samples = sample_latency(device, launch, limits, clock);
  return {median(samples.seconds), "empty kernel, launch to synchronised: wall"};
}

Reading measure_events(Device& device, const SamplingLimits& limits, Clock clock) {
  const auto between_two = [&](int) {
    device.record(Device::Event::start);
    device.record(Device::Event::stop);
    device.synchronize();
    return device.seconds_between(Device::Event::start, Device::Event::stop);
  };
  const Samples samples = sampling_loop(between_two, /*max_batch=*/1, limits, clock);
  return {median(samples.seconds), "two events with nothing between them"};
}

Reading measure_small_copy(Device& device, const SamplingLimits& limits, Clock clock) {
  constexpr std::size_t bytes = 4;
  const auto on_device = device_memory(device, bytes);
  const auto on_host = host_memory(device, bytes, /*pinned=*/true);
  const auto copy = [&](int) { device.copy_in(on_device.get(), on_host.get(), bytes); };
  const Samples samples = sample_device(device, copy, /*sets=*/1, limits, clock);
  return {median(samples.seconds), "4 bytes from pinned memory, one after another in a queue"};
}

}  // namespace

std::vector<Probe> device_probes(Device* device, const std::string& absence, Clock clock) {
  std::vector<Probe> probes;
  const auto add = [&](const char* name, Unit unit, auto measure) {
    probes.push_back(
        {name, Side::cuda, {}, {}, unit, device ? "" : absence, [=](const SamplingLimits& limits) {
           return measure(*device, limits, clock);
         }});
  };
  const auto add_link = [&](const char* name, Direction direction, bool pinned) {
    add(name, Unit::bytes_per_second, [=](Device& on, const SamplingLimits& limits, Clock by) {
      return measure_link(on, direction, pinned, limits, by);
    });
  };

  for (Dtype dtype : {Dtype::f32, Dtype::f64}) {
    add("fma", Unit::flops_per_second, [=](Device& on, const SamplingLimits& limits, Clock by) {
      return measure_device_fma(on, dtype, limits, by);
    });
    probes.back().dtype = dtype;
  }
  for (Dtype dtype : {Dtype::bf16, Dtype::f16, Dtype::s8, Dtype::f32}) {
    add("matrix", Unit::flops_per_second, [=](Device& on, const SamplingLimits& limits, Clock by) {
      return measure_device_matrix(on, dtype, limits, by);
    });
    probes.back().dtype = dtype;
    if (dtype == Dtype::f32) probes.back().math_mode = "tf32";
    if (device) probes.back().absence = matrix_probe_absence();
  }
  add("copy", Unit::bytes_per_second, measure_device_copy);
  add("cache_read_l2", Unit::bytes_per_second, measure_l2_read);
  add_link("link_h2d_pinned", Direction::in, true);
  add_link("link_h2d_pageable", Direction::in, false);
  add_link("link_d2h_pinned", Direction::out, true);
  add_link("link_d2h_pageable", Direction::out, false);
  add("launch_floor", Unit::seconds, measure_launch);
  add("call_floor", Unit::seconds, measure_call);
  add("event_floor", Unit::seconds, measure_events);
  add("copy4_floor", Unit::seconds, measure_small_copy);
  return probes;
}

}  // namespace breakeven
