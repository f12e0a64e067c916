#include "kernels/host/block.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <random>

#include "kernels/host/builtins.h"
#include "kernels/host/device_model.h"
#include "kernels/host/runtime.h"

namespace breakeven::host {
namespace {

/// Shared spaces take a while to make and are kept for the next launch.
class SpacePool {
 public:
  std::unique_ptr<SharedSpace> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<SharedSpace>();
    auto space = std::move(free_.back());
    free_.pop_back();
    return space;
  }
  void give_back(std::unique_ptr<SharedSpace> space) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(space));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<SharedSpace>> free_;
};

SpacePool& spaces() {
  static auto* pool = new SpacePool;  // outlives every thread
  return *pool;
}

}  // namespace

Block::Block(const Launch& launch, const Schedule& schedule)
    : launch_(launch),
      schedule_(schedule),
      shared_(spaces().take()),
      threads_(launch.block.x * launch.block.y * launch.block.z),
      order_(threads_.size()),
      waiting_lanes_((threads_.size() - 1) / 32 + 1) {
  std::iota(order_.begin(), order_.end(), 0u);
  if (schedule.order == Order::descending) std::reverse(order_.begin(), order_.end());
}

Block::~Block() {
  ending_ = true;
  for (const auto& fiber : fibers_) fiber->resume();
  spaces().give_back(std::move(shared_));
}

void Block::run(std::uint64_t index) {
  begin(index);
  while (started_ < order_.size()) idle_fiber().resume();
  while (exited_ < threads_.size()) {
    if (!run_ready_threads()) release_barrier();
  }
  shared_->end_block();
  executing_ = nullptr;
}

void Block::begin(std::uint64_t index) {
  const dim3& grid = launch_.grid;
  index_ = {static_cast<unsigned>(index % grid.x), static_cast<unsigned>(index / grid.x % grid.y),
            static_cast<unsigned>(index / grid.x / grid.y)};
  executing_ = this;
  ::blockIdx = index_;
  ::blockDim = launch_.block;
  ::gridDim = grid;
  started_ = exited_ = 0;
  intervals_ = index << 16;
  std::fill(waiting_lanes_.begin(), waiting_lanes_.end(), 0u);
  for (unsigned i = 0; i < threads_.size(); ++i) {
    Thread& thread = threads_[i];
    const dim3& block = launch_.block;
    thread.index = {i % block.x, i / block.x % block.y, i / block.x / block.y};
    thread.state = State::ready;
    thread.warp_interval = 0;
    thread.copies.clear();
    thread.copy_groups = 0;
  }
  const DeviceModel& device = device_model();
  const bool opted_in = opted_in_shared(launch_.kernel) > 0;
  shared_->begin_block(schedule_.poison, launch_.dynamic_shared_bytes,
                       opted_in ? device.shared_per_block_opt_in : device.shared_per_block);
  order_threads();
}

void Block::order_threads() {
  if (schedule_.order != Order::random) return;
  // From scratch: the order must not depend on which blocks this host thread executed before.
  std::iota(order_.begin(), order_.end(), 0u);
  std::mt19937_64 random(schedule_.seed + ++intervals_);
  std::shuffle(order_.begin(), order_.end(), random);
}

Fiber& Block::idle_fiber() {
  if (idle_.empty()) {
    fibers_.push_back(std::make_unique<Fiber>([this](Fiber& fiber) { work(fiber); }));
    return *fibers_.back();
  }
  Fiber* fiber = idle_.back();
  idle_.pop_back();
  return *fiber;
}

/// What a fiber does all its life: one device thread after another.
void Block::work(Fiber& fiber) {
  while (!ending_) {
    while (started_ < order_.size()) {
      const unsigned thread = order_[started_++];
      threads_[thread].fiber = &fiber;
      become(thread);
      launch_.body();
      threads_[thread].state = State::exited;
      ++exited_;
    }
    idle_.push_back(&fiber);
    fiber.suspend();
  }
}

void Block::become(unsigned thread) {
  current_ = thread;
  ::threadIdx = threads_[thread].index;
}

void Block::resume(unsigned thread) {
  become(thread);
  threads_[thread].fiber->resume();
}

void Block::wait(State state) {
  Thread& thread = threads_[current_];
  thread.state = state;
  thread.fiber->suspend();
}

/// One turn over all threads; false if none could run.
bool Block::run_ready_threads() {
  bool any = false;
  for (const unsigned thread : order_) {
    if (threads_[thread].state != State::ready) continue;
    resume(thread);
    any = true;
  }
  return any;
}

void Block::barrier(SourcePlace place) {
  threads_[current_].place = place;
  wait(State::at_barrier);
}

/// Nobody can run: either all are at one barrier, or they wait for each other for ever.
void Block::release_barrier() {
  const SourcePlace place = threads_[0].place;
  for (const Thread& thread : threads_) {
    if (thread.state != State::at_barrier || !(thread.place == place)) report_stuck();
  }
  for (Thread& thread : threads_) thread.state = State::ready;
  shared_->barrier();
  order_threads();
}

}  // namespace breakeven::host
