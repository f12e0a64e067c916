#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "benchmarks/harness/runner.h"
#include "benchmarks/harness/sampler.h"

namespace breakeven {

enum class HostMemory { pageable, pinned };
constexpr std::string_view name_of(HostMemory memory) {
  return memory == HostMemory::pageable ? "pageable" : "pinned";
}

/// The host's side of a problem's copies: buffers of the case's own tensors in one kind of memory.
class HostEnd {
 public:
  HostEnd(Device& device, const ProblemView& problem, HostMemory memory, const HostBuffers& image);
  ~HostEnd();
  HostEnd(const HostEnd&) = delete;
  HostEnd& operator=(const HostEnd&) = delete;

  /// Enqueue all inputs and inouts in, all outputs and inouts out.
  void copy_in(Tensors device_tensors);
  /// The same beside what the device's stream does.
  void copy_ahead(Tensors device_tensors);
  void copy_out(Tensors device_tensors);

  /// Fills the host's outputs with NaN: what is there afterwards was copied back.
  void poison_outputs();
  /// The host's output tensors; none where the problem has an inout, of which each trip goes on
  /// with what the one before brought back.
  std::vector<Tensor> outputs() const;

  HostMemory memory() const { return memory_; }
  Tensors tensors() const { return host_; }
  /// Allocating, and for pinned memory locking, the pages [s].
  double allocate_seconds() const { return allocate_s_; }

 private:
  void* allocate(std::size_t bytes);
  void release();
  Device& device_;
  HostMemory memory_;
  std::vector<Role> roles_;
  std::vector<Tensor> host_;
  double allocate_s_ = 0;
};

/// Medians of one repetition [s].
struct TransferTimes {
  double h2d_s, d2h_s;            // between events
  double h2d_wall_s, d2h_wall_s;  // host, until synchronised
  double end_to_end_s;            // host wall of copy in, compute, copy out as one region
  double part_in_s, part_compute_s, part_out_s;  // events inside the region's median sample
  double part_host_s;  // an empty region, measured apart: launching and synchronising
  // Host wall per call of a sequence on batches, two sets in turn: each after the copy of its
  // inputs, and with them copied while the call before computes. Nothing where a call works on no
  // batch; nor, of the second, which takes pinned memory, for pageable.
  std::optional<double> sequence_s = {}, overlapped_s = {};
  std::optional<double> epoch_step_s = {};  // see epoch_step_seconds
  double closure;                           // (parts + host) / whole
  bool open;                                // off by more than 5 % and more than 5 µs
  double allocate_s;                        // the host's side of the copies, once
};

/// Measures the copies of set 0's tensors, and the whole trip with `runner`'s computation inside.
TransferTimes measure_transfers(Device& device, Runner& runner, HostEnd& host,
                                const SamplingLimits& limits);

/// Adds the times of sequences to those of a trip, the overlapped one measured before or after the
/// other. Sets 0 and 1 of the runner must be loaded.
void measure_sequences(Device& device, Runner& runner, HostEnd& host, const SamplingLimits& limits,
                       bool overlapped_first, TransferTimes& times);

/// Host wall time per call of a sequence that loads each batch, copies it and computes [s]; with
/// pinned memory the next batch is loaded and copied while one computes. Sets 0 and 1 of the runner
/// must be loaded.
double epoch_step_seconds(Device& device, Runner& runner, HostEnd& host, const LoadBatch& load,
                          int calls);

}  // namespace breakeven
