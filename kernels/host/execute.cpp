#include "kernels/host/execute.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/host/device_model.h"
#include "kernels/host/runtime.h"

namespace breakeven::host {
namespace {

[[noreturn]] void refuse(cudaError_t code, const std::string& what, const Launch& launch) {
  throw CudaError(code, "kernel launch (" + what + ")", launch.place);
}

/// One extent of a launch against its limit.
void check_extent(const char* name, std::uint64_t extent, std::uint64_t most,
                  const Launch& launch) {
  if (extent >= 1 && extent <= most) return;
  refuse(cudaErrorInvalidConfiguration,
         std::string(name) + " of " + std::to_string(extent) + ", must be 1 to " +
             std::to_string(most),
         launch);
}

void check_shape(const Launch& launch) {
  const DeviceModel& device = device_model();
  const dim3 &grid = launch.grid, &block = launch.block;
  check_extent("grid.x", grid.x, 0x7fffffff, launch);
  check_extent("grid.y", grid.y, 65535, launch);
  check_extent("grid.z", grid.z, 65535, launch);
  check_extent("block.x", block.x, 1024, launch);
  check_extent("block.y", block.y, 1024, launch);
  check_extent("block.z", block.z, 64, launch);
  check_extent("block", std::uint64_t{block.x} * block.y * block.z,
               static_cast<std::uint64_t>(device.threads_per_block), launch);
  const std::size_t allowed = std::max(device.shared_per_block, opted_in_shared(launch.kernel));
  if (launch.dynamic_shared_bytes > allowed) {
    refuse(cudaErrorInvalidValue,
           "dynamic shared memory of " + std::to_string(launch.dynamic_shared_bytes) +
               " bytes, at most " + std::to_string(allowed) + " without cudaFuncSetAttribute",
           launch);
  }
}

/// Turns the turn of a block into its index, in the order that the schedule asks for.
class BlockOrder {
 public:
  BlockOrder(const Schedule& schedule, std::uint64_t blocks) : blocks_(blocks) {
    if (schedule.order == Order::descending) first_ = step_ = blocks - 1;
    if (schedule.order != Order::random) return;
    first_ = schedule.seed % blocks;
    // Any step without a divisor in common with their number visits all of them.
    step_ = schedule.seed * 0x9e3779b97f4a7c15 % blocks;
    while (std::gcd(step_, blocks) != 1) step_ = (step_ + 1) % blocks;
  }
  std::uint64_t index(std::uint64_t turn) const { return (first_ + turn * step_) % blocks_; }

 private:
  std::uint64_t blocks_;
  std::uint64_t first_ = 0;
  std::uint64_t step_ = 1;
};

/// Few enough that the stacks of all threads stay below the number of mappings that Linux allows.
unsigned host_threads(std::uint64_t blocks) {
  constexpr unsigned most = 8;
  const unsigned asked = settings().threads;
  const unsigned threads = asked > 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<std::uint64_t>({threads, most, blocks}));
}

}  // namespace

void execute(const Launch& launch) {
  check_shape(launch);
  const Schedule schedule = settings().schedule;
  const std::uint64_t blocks = std::uint64_t{launch.grid.x} * launch.grid.y * launch.grid.z;
  const BlockOrder order(schedule, blocks);
  std::atomic<std::uint64_t> turns{0};
  const auto work = [&] {
    Block block(launch, schedule);
    for (std::uint64_t turn; (turn = turns++) < blocks;) block.run(order.index(turn));
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < host_threads(blocks); ++i) others.emplace_back(work);
  work();
}

}  // namespace breakeven::host
