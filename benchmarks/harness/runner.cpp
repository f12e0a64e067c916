#include "benchmarks/harness/runner.h"

#include <omp.h>

#include <algorithm>

#include "benchmarks/harness/clock.h"

namespace breakeven {

Runner::Runner(const Candidate& candidate, int threads, Buffers& buffers, Device* device)
    : device_(device), threads_(threads), buffers_(buffers) {
  select_threads();
  const double start = steady_seconds();
  call_ = candidate.prepare(device ? device->stream() : Stream{});
  prepare_s_ = steady_seconds() - start;
  if (call_.packed_bytes > 0) {
    const auto words = static_cast<std::int64_t>((call_.packed_bytes + 3) / 4);
    const std::vector<TensorSpec> specs{{"packed", {words}, Dtype::f32, Role::inout}};
    const HostBuffers image(specs, 1);
    if (device) {
      packed_ = std::make_unique<DeviceBuffers>(*device, specs, buffers.sets());
    } else {
      packed_ = std::make_unique<HostBuffers>(specs, buffers.sets());
    }
    for (int set = 0; set < buffers.sets(); ++set) packed_->load(set, image);
  }
  for (std::size_t place = 0; place < buffers.specs().size(); ++place) {
    const TensorSpec& spec = buffers.specs()[place];
    if (!is_copied_out(spec.role)) continue;
    results_.push_back(place);
    read_.resize(std::max(read_.size(), spec.bytes()));
  }
  for (int set = 0; set < buffers.sets(); ++set) {
    const Tensors tensors = buffers.tensors(set);
    arguments_.emplace_back(tensors.begin(), tensors.end());
    if (packed_) arguments_.back().push_back(packed_->tensors(set)[0]);
  }
}

void Runner::read_back(int set) {
  for (const std::size_t place : results_) {
    buffers_.download(read_.data(), buffers_.tensors(set)[place]);
  }
}

void Runner::finish() {
  if (device_) device_->synchronize();
}

void Runner::pack(int set) {
  if (!call_.pack) return;
  select_threads();
  const double start = steady_seconds();
  call_.pack(arguments_[static_cast<std::size_t>(set)]);
  finish();
  pack_s_ = std::max(pack_s_.value_or(0), steady_seconds() - start);
}

void Runner::unpack(int set) {
  if (!call_.unpack) return;
  select_threads();
  call_.unpack(arguments_[static_cast<std::size_t>(set)]);
  finish();
}

std::optional<std::size_t> Runner::workspace_bytes() const {
  if (!call_.workspace_bytes) return std::nullopt;
  return *call_.workspace_bytes + call_.packed_bytes;
}

void Runner::select_threads() const {
  if (!device_) omp_set_num_threads(threads_);
}

bool Runner::guards_intact(int set) {
  const bool tensors = buffers_.guards_intact(set);
  return (!packed_ || packed_->guards_intact(set)) && tensors;
}

}  // namespace breakeven
