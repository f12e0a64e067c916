#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/harness/buffers.h"
#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/device.h"
#include "operations/data/data_set.h"
#include "operations/data/loader.h"
#include "operations/training/problem.h"

namespace breakeven {

/// What is trained and how.
struct TrainingSettings {
  std::string network;  // of operations/training/network.h
  Side side = Side::cpu;
  std::string engine = "tuned";
  std::int64_t batch = 32;
  Optimiser optimiser = {};
  std::uint64_t seed = 0;
  Dtype dtype = Dtype::f32;  // or bf16, see NetworkProblem
};

/// What a network has learned.
struct TrainingState {
  std::vector<float> parameters, momentum, statistics;

  bool operator==(const TrainingState&) const = default;
};

/// What one epoch gave.
struct Epoch {
  double loss = 0;           // mean over its images, each before the update that it takes part in
  double test_accuracy = 0;  // part of the test images that are classified right, afterwards
  double seconds = 0;        // loading, copies and steps; not the test
  std::int64_t images = 0;
  std::vector<float> losses = {};  // of each step
};

/// Told after each step: how many of an epoch's images it has behind it, and their mean loss.
using StepDone = std::function<void(std::int64_t done, std::int64_t images, double loss)>;

/// Trains a network batch after batch on one side. Each epoch shuffles the images anew, from the
/// seed and its number alone: all engines see the same batches. The last batch has what is left.
class Trainer {
 public:
  /// `device` is null for the CPU. Both references must outlive it. Throws what an engine's
  /// `prepare` throws, OutOfMemory, and std::invalid_argument for an engine that there is not.
  Trainer(const TrainingSettings& settings, const SplitData& data, Device* device);

  /// Does epoch `number`, from 0 on. Throws std::runtime_error if a loss is not finite.
  Epoch run_epoch(std::int64_t number, const StepDone& step_done = {});

  TrainingState state();
  /// Goes on from there. Throws std::invalid_argument if it is another network's.
  void set_state(const TrainingState& state);

 private:
  /// An engine prepared for so many images.
  struct Prepared {
    NetworkProblem problem;
    Call<> call;
  };
  Prepared prepare(std::int64_t batch, bool training) const;
  std::unique_ptr<Buffers> make_buffers(const std::vector<TensorSpec>& specs) const;
  /// Does it once; done on return.
  void run(const Prepared& prepared, Tensors tensors) const;
  float step(std::int64_t images);
  double test_accuracy();
  std::vector<std::pair<std::size_t, std::vector<float>*>> parts(TrainingState& state) const;

  TrainingSettings settings_;
  const SplitData& data_;
  Device* device_;
  Loader loader_;
  std::vector<Prepared> steps_, inferences_;  // for whole batches, and for the last
  std::unique_ptr<HostBuffers> host_, test_host_;
  std::unique_ptr<Buffers> tensors_, test_tensors_;
};

}  // namespace breakeven
