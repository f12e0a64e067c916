#include "benchmarks/harness/predictions.h"

#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/fill.h"
#include "benchmarks/harness/runner.h"

namespace breakeven {
namespace {

/// Below so much work, calling is cheaper than predicting.
constexpr double kCheapWork = 1e8;

std::string key(const ProblemView& problem, const Candidate& candidate, int threads) {
  return fmt::format("{}/{}/{}/{}/{}", problem.operation, name_of(problem.dtype),
                     name_of(candidate.side), candidate.implementation, threads);
}

/// Seconds of the second call on a small kin of the problem; nothing where it cannot run.
std::optional<double> calibrate(const Case& small, const Candidate& candidate, int threads,
                                Device* device) {
  const auto same =
      std::find_if(small.candidates.begin(), small.candidates.end(), [&](const Candidate& other) {
        return other.side == candidate.side && other.implementation == candidate.implementation;
      });
  if (same == small.candidates.end() || !same->supports()) return std::nullopt;
  try {
    const auto& specs = computed_by(*same, small.problem).tensors;
    HostBuffers image(specs, 1);
    for (std::size_t i = 0; i < specs.size(); ++i) {
      fill_tensor(image.tensors(0)[i], specs[i], Fill::normal, 1, 0);
    }
    std::unique_ptr<Buffers> buffers;
    if (device) {
      buffers = std::make_unique<DeviceBuffers>(*device, specs, 1);
    } else {
      buffers = std::make_unique<HostBuffers>(specs, 1);
    }
    buffers->load(0, image);
    Runner runner(*same, threads, *buffers, device);
    runner.pack(0);
    double start = 0;
    for (int call = 0; call < 2; ++call) {
      start = steady_seconds();
      runner.call(0);
      runner.finish();
    }
    return steady_seconds() - start;
  } catch (...) {
    return std::nullopt;  // its verification will say what is wrong with it
  }
}

}  // namespace

std::optional<double> Predictions::seconds(const Case& problem, const Candidate& candidate,
                                           int threads, Device* device) {
  if (work_of(problem.problem) < kCheapWork) return std::nullopt;
  const std::string name = key(problem.problem, candidate, threads);
  if (!seconds_per_work_.contains(name)) {
    const Case small = problem.calibration();
    const auto seconds =
        calibrate(small, candidate, threads, candidate.side == Side::cuda ? device : nullptr);
    if (!seconds) return std::nullopt;
    learn(small.problem, candidate, threads, *seconds);
  }
  return seconds_per_work_.at(name) * work_of(problem.problem);
}

void Predictions::learn(const ProblemView& problem, const Candidate& candidate, int threads,
                        double seconds) {
  seconds_per_work_[key(problem, candidate, threads)] = seconds / work_of(problem);
}

}  // namespace breakeven
