#include "kernels/common/fastest_plan.h"

#include <algorithm>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"

namespace breakeven {
namespace {

constexpr int rounds = 3;           // each times every plan once
constexpr float long_enough = 1.0;  // ms of one measurement

}  // namespace

std::size_t fastest_plan(std::size_t count, const std::function<void(std::size_t, Stream)>& run) {
  const CudaStream stream = make_stream();
  const CudaEvent start = make_event(), stop = make_event();
  const auto milliseconds = [&](std::size_t plan, int calls) {
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(start.get(), stream.get()));
    for (int call = 0; call < calls; ++call) run(plan, stream.get());
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(stop.get(), stream.get()));
    BREAKEVEN_CUDA_CHECK(cudaEventSynchronize(stop.get()));
    float elapsed = 0;
    BREAKEVEN_CUDA_CHECK(cudaEventElapsedTime(&elapsed, start.get(), stop.get()));
    return elapsed;
  };
  milliseconds(0, 1);  // loads it
  const float once = milliseconds(0, 1);
  const int calls = std::clamp(static_cast<int>(long_enough / std::max(once, 1e-3f)), 1, 200);
  for (std::size_t plan = 0; plan < count; ++plan) milliseconds(plan, 1);
  std::vector<std::vector<float>> times(count);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t plan = 0; plan < count; ++plan) {
      times[plan].push_back(milliseconds(plan, calls));
    }
  }
  for (auto& series : times) std::sort(series.begin(), series.end());
  const auto best = std::min_element(times.begin(), times.end(), [](const auto& x, const auto& y) {
    return x[rounds / 2] < y[rounds / 2];
  });
  return static_cast<std::size_t>(best - times.begin());
}

}  // namespace breakeven
