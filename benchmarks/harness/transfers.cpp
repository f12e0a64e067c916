#include "benchmarks/harness/transfers.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/fill.h"
#include "benchmarks/harness/sampling_loop.h"
#include "benchmarks/harness/statistics.h"

namespace breakeven {
namespace {

using Event = Device::Event;

/// Device and wall time of what `enqueue` puts on the stream.
struct Copied {
  double device_s, wall_s;
};

Copied time_copy(Device& device, HostMemory memory, const std::function<void()>& enqueue,
                 const SamplingLimits& limits) {
  const Operation copy = [&](int) { enqueue(); };
  const double wall_s = median(sample_latency(device, copy, limits).seconds);
  // Pinned copies queue behind a held stream, so that no gap between two enqueues is counted.
  // Pageable ones are driven by the host, which must not wait for what it holds.
  if (memory == HostMemory::pinned) {
    return {median(sample_device(device, copy, /*sets=*/1, limits).seconds), wall_s};
  }
  const auto seconds_of = [&](int) {
    device.record(Event::start);
    enqueue();
    device.record(Event::stop);
    device.synchronize();
    return device.seconds_between(Event::start, Event::stop);
  };
  return {median(sampling_loop(seconds_of, /*max_batch=*/1, limits, steady_seconds).seconds),
          wall_s};
}

/// One trip through the region, with its events.
struct Trip {
  double whole_s, in_s, compute_s, out_s;
};

Trip time_trip(Device& device, const std::function<void()>& in, const std::function<void()>& work,
               const std::function<void()>& out) {
  const double start = steady_seconds();
  device.record(Event::start);
  in();
  device.record(Event::copied_in);
  work();
  device.record(Event::computed);
  out();
  device.record(Event::stop);
  device.synchronize();
  const double whole_s = steady_seconds() - start;
  return {whole_s, device.seconds_between(Event::start, Event::copied_in),
          device.seconds_between(Event::copied_in, Event::computed),
          device.seconds_between(Event::computed, Event::stop)};
}

/// The trip with the median whole time, so that its parts belong together.
Trip median_trip(std::vector<Trip> trips) {
  const auto middle = trips.begin() + static_cast<std::ptrdiff_t>(trips.size() / 2);
  std::nth_element(trips.begin(), middle, trips.end(),
                   [](const Trip& a, const Trip& b) { return a.whole_s < b.whole_s; });
  return *middle;
}

}  // namespace

HostEnd::HostEnd(Device& device, const ProblemView& problem, HostMemory memory,
                 const HostBuffers& image)
    : device_(device), memory_(memory) {
  const double start = steady_seconds();
  try {
    for (const TensorSpec& spec : problem.tensors) {
      host_.push_back({allocate(spec.bytes()), spec.dtype, spec.elements()});
      roles_.push_back(spec.role);
    }
  } catch (...) {
    release();
    throw;
  }
  allocate_s_ = steady_seconds() - start;
  for (std::size_t i = 0; i < host_.size(); ++i) {
    std::memcpy(host_[i].data, image.tensors(0)[i].data, host_[i].bytes());
  }
}

HostEnd::~HostEnd() { release(); }

void* HostEnd::allocate(std::size_t bytes) {
  if (memory_ == HostMemory::pinned) return device_.allocate_pinned(bytes);
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw OutOfMemory("malloc: no host memory for the copies");
  return memory;
}

void HostEnd::release() {
  for (const Tensor& tensor : host_) {
    if (memory_ == HostMemory::pinned) {
      device_.release_pinned(tensor.data);
    } else {
      std::free(tensor.data);
    }
  }
}

void HostEnd::poison_outputs() {
  for (std::size_t i = 0; i < host_.size(); ++i) {
    if (roles_[i] == Role::output) poison_tensor(host_[i]);
  }
}

std::vector<Tensor> HostEnd::outputs() const {
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < host_.size(); ++i) {
    if (roles_[i] == Role::inout || roles_[i] == Role::state) return {};
    if (roles_[i] == Role::output) outputs.push_back(host_[i]);
  }
  return outputs;
}

void HostEnd::copy_in(Tensors device_tensors) {
  for (std::size_t i = 0; i < host_.size(); ++i) {
    if (!is_copied_in(roles_[i])) continue;
    device_.copy_in(device_tensors[i].data, host_[i].data, host_[i].bytes());
  }
}

void HostEnd::copy_ahead(Tensors device_tensors) {
  for (std::size_t i = 0; i < host_.size(); ++i) {
    if (!is_copied_in(roles_[i])) continue;
    device_.copy_ahead(device_tensors[i].data, host_[i].data, host_[i].bytes());
  }
}

void HostEnd::copy_out(Tensors device_tensors) {
  for (std::size_t i = 0; i < host_.size(); ++i) {
    if (!is_copied_out(roles_[i])) continue;
    device_.copy_out(host_[i].data, device_tensors[i].data, host_[i].bytes());
  }
}

TransferTimes measure_transfers(Device& device, Runner& runner, HostEnd& host,
                                const SamplingLimits& limits) {
  const Tensors tensors = runner.buffers().tensors(0);
  const auto in = [&] { host.copy_in(tensors); };
  const auto out = [&] { host.copy_out(tensors); };
  const auto compute = [&] { runner.call(0); };
  const auto nothing = [] {};

  device.synchronize();
  const Copied h2d = time_copy(device, host.memory(), in, limits);
  const Copied d2h = time_copy(device, host.memory(), out, limits);

  host.poison_outputs();
  std::vector<Trip> trips;
  const auto seconds_of = [&](int) {
    trips.push_back(time_trip(device, in, compute, out));
    return trips.back().whole_s;
  };
  const Samples samples = sampling_loop(seconds_of, /*max_batch=*/1, limits, steady_seconds);
  trips.erase(trips.begin(), trips.end() - static_cast<std::ptrdiff_t>(samples.seconds.size()));

  std::vector<Trip> empty;
  for (int i = 0; i < 11; ++i) empty.push_back(time_trip(device, nothing, nothing, nothing));

  const Trip trip = median_trip(trips);
  const double host_s = median_trip(empty).whole_s;
  const double parts_s = trip.in_s + trip.compute_s + trip.out_s + host_s;
  const double gap_s = std::abs(parts_s - trip.whole_s);
  return {.h2d_s = h2d.device_s,
          .d2h_s = d2h.device_s,
          .h2d_wall_s = h2d.wall_s,
          .d2h_wall_s = d2h.wall_s,
          .end_to_end_s = trip.whole_s,
          .part_in_s = trip.in_s,
          .part_compute_s = trip.compute_s,
          .part_out_s = trip.out_s,
          .part_host_s = host_s,
          .closure = parts_s / trip.whole_s,
          .open = gap_s > 0.05 * trip.whole_s && gap_s > 5e-6,
          .allocate_s = host.allocate_seconds()};
}

void measure_sequences(Device& device, Runner& runner, HostEnd& host, const SamplingLimits& limits,
                       bool overlapped_first, TransferTimes& times) {
  const auto tensors = [&](int call) { return runner.buffers().tensors(call % 2); };
  const int most = std::clamp(int(limits.wall_cap_s / times.end_to_end_s), 4, 100);
  const auto in_turn = [&](int calls) {
    for (int call = 0; call < calls; ++call) {
      host.copy_in(tensors(call));
      runner.call(call % 2);
    }
  };
  const auto overlapped = [&](int calls) {
    host.copy_ahead(tensors(0));
    for (int call = 0; call < calls; ++call) {
      device.meet();  // this call has its inputs, and the next one's set is free
      if (call + 1 < calls) host.copy_ahead(tensors(call + 1));
      runner.call(call % 2);
    }
    device.meet();
  };
  const auto seconds_of = [&](const auto& enqueue) {
    constexpr int uncounted = 4;  // two on each set
    enqueue(uncounted);
    device.synchronize();
    const double start = steady_seconds();
    enqueue(most);
    device.synchronize();
    return (steady_seconds() - start) / most;
  };
  const bool can_overlap = host.memory() == HostMemory::pinned;
  if (can_overlap && overlapped_first) times.overlapped_s = seconds_of(overlapped);
  times.sequence_s = seconds_of(in_turn);
  if (can_overlap && !overlapped_first) times.overlapped_s = seconds_of(overlapped);
}

double epoch_step_seconds(Device& device, Runner& runner, HostEnd& host, const LoadBatch& load,
                          int calls) {
  const bool ahead = host.memory() == HostMemory::pinned;
  const auto bring = [&](int call) {
    load(host.tensors());
    const Tensors tensors = runner.buffers().tensors(call % 2);
    ahead ? host.copy_ahead(tensors) : host.copy_in(tensors);
  };
  device.synchronize();
  const double start = steady_seconds();
  for (int call = 0; call < calls; ++call) {
    if (!ahead || call == 0) bring(call);
    if (ahead) device.meet();  // this call has its inputs, and the next one's set is free
    runner.call(call % 2);
    if (!ahead || call + 1 == calls) continue;
    device.finish_copies_ahead();  // the host's batch may be overwritten
    bring(call + 1);
  }
  device.synchronize();
  return (steady_seconds() - start) / calls;
}

}  // namespace breakeven
