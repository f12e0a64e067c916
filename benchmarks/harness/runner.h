#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/harness/buffers.h"
#include "benchmarks/harness/candidate.h"

namespace breakeven {

/// A candidate prepared and bound to its side's buffers: what is called and timed.
class Runner {
 public:
  /// Prepares (timed) and allocates packed operands. `device` is null for the CPU side; `threads`
  /// is the OpenMP setting for it. Throws what `prepare` throws, and OutOfMemory.
  Runner(const Candidate& candidate, int threads, Buffers& buffers, Device* device);

  /// Does (CPU) or enqueues (CUDA) the operation once on a set.
  void call(int set) { call_.run(arguments_[static_cast<std::size_t>(set)]); }
  /// The same with its parts marked, where it has some.
  bool has_parts() const { return static_cast<bool>(call_.run_in_parts); }
  void call_in_parts(int set, const Mark& mark) {
    call_.run_in_parts(arguments_[static_cast<std::size_t>(set)], mark);
  }
  /// Waits for a set's call and reads back what it computed, all but its state.
  void read_back(int set);
  /// Waits for what was enqueued.
  void finish();
  /// Brings the operands of a set into the implementation's own layout, after each load.
  void pack(int set);
  /// Brings a set's result from the implementation's own layout, if it is in one, to the output
  /// tensor.
  void unpack(int set);
  /// Whether a result is first in the implementation's own layout.
  bool unpacks() const { return static_cast<bool>(call_.unpack); }
  /// Sets the number of CPU threads that `call` will use.
  void select_threads() const;

  double prepare_seconds() const { return prepare_s_; }
  /// Of the longest `pack`: it may have nothing to do again; nothing if there is nothing to pack.
  std::optional<double> pack_seconds() const { return pack_s_; }
  /// What `prepare` chose; empty where there was no choice.
  const std::string& plan() const { return call_.plan; }
  Buffers& buffers() { return buffers_; }
  std::size_t packed_bytes() const { return packed_ ? packed_->bytes() : 0; }
  /// What it needs of memory beside a set's tensors; nothing if that is not told.
  std::optional<std::size_t> workspace_bytes() const;
  /// Memory by what it is for; empty if that is not told.
  const std::vector<std::pair<std::string, std::size_t>>& memory() const { return call_.memory; }
  bool guards_intact(int set);

 private:
  Device* device_;
  int threads_;
  Buffers& buffers_;
  Call<> call_;
  double prepare_s_ = 0;
  std::optional<double> pack_s_;
  std::unique_ptr<Buffers> packed_;
  std::vector<std::size_t> results_;            // places of what is read back
  std::vector<std::byte> read_;                 // the largest of them
  std::vector<std::vector<Tensor>> arguments_;  // per set: the tensors, and the packed one last
};

}  // namespace breakeven
