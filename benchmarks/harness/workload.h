#pragma once

#include <memory>

#include "benchmarks/harness/contender.h"
#include "benchmarks/harness/session.h"

namespace breakeven {

/// The data of a problem and the buffers that its contenders are run on. A case has one, and one
/// more for each dtype that stands in for its own.
class Workload {
 public:
  Workload(const ProblemView& problem, Session& session);

  const ProblemView& problem() const { return problem_; }
  const VerificationData& data() const { return data_; }
  /// Of the first input's timed data.
  const InputStatistics& inputs() const { return inputs_; }
  /// Made at the first call. Throws OutOfMemory.
  Buffers& buffers(Side side);
  /// Allocating the device's buffers [s].
  double device_allocate_seconds() const { return device_allocate_s_; }

 private:
  const ProblemView& problem_;
  Session& session_;
  CheckData exact_, real_;
  VerificationData data_;
  InputStatistics inputs_;
  std::unique_ptr<Buffers> host_buffers_, device_buffers_;
  double device_allocate_s_ = 0;
};

}  // namespace breakeven
