#include "kernels/host/block.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <numeric>
#include <random>
#include <string>

#include "kernels/host/builtins.h"
#include "kernels/host/device_model.h"
#include "kernels/host/finding.h"
#include "kernels/host/runtime.h"

namespace breakeven::host {
namespace {

constexpr unsigned warp_size = 32;

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

bool same(SourcePlace a, SourcePlace b) {
  return a.line == b.line && std::strcmp(a.file, b.file) == 0;
}

}  // namespace

Block::Block(const Launch& launch, const Schedule& schedule)
    : launch_(launch),
      schedule_(schedule),
      shared_(spaces().take()),
      threads_(launch.block.x * launch.block.y * launch.block.z),
      order_(threads_.size()) {
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

void Block::wait(State state, SourcePlace place) {
  Thread& thread = threads_[current_];
  thread.state = state;
  thread.place = place;
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

void Block::barrier(SourcePlace place) { wait(State::at_barrier, place); }

/// Nobody can run: either all are at one barrier, or they wait for each other for ever.
void Block::release_barrier() {
  const SourcePlace place = threads_[0].place;
  for (const Thread& thread : threads_) {
    if (thread.state != State::at_barrier || !same(thread.place, place)) report_stuck();
  }
  for (Thread& thread : threads_) thread.state = State::ready;
  shared_->barrier();
  order_threads();
}

const Lanes& Block::exchange(const char* operation, unsigned mask, std::uint64_t value,
                             bool orders_memory, SourcePlace place) {
  const unsigned lane = current_ % warp_size, first = current_ - lane;
  if ((mask >> lane & 1) == 0) {
    report("mask that leaves out the calling lane",
           {thread_text(current_) + " is lane " + std::to_string(lane) + " and calls " + operation +
            " with mask " + mask_text(mask) + ": " + place.text()});
  }
  Thread& me = threads_[current_];
  me.operation = operation;
  me.mask = mask;
  me.value = value;
  std::vector<unsigned> lanes;
  for (unsigned i = 0; i < warp_size; ++i) {
    if (mask >> i & 1) lanes.push_back(first + i);
  }
  const auto came = [&](unsigned id) {
    if (id == current_) return true;
    if (id >= threads_.size() || threads_[id].state != State::in_warp_operation) return false;
    return threads_[id].mask == mask && std::strcmp(threads_[id].operation, operation) == 0;
  };
  if (!std::all_of(lanes.begin(), lanes.end(), came)) {
    wait(State::in_warp_operation, place);
    return me.received;
  }
  Lanes values{};
  std::uint32_t latest = 0;
  for (const unsigned id : lanes) {
    values[id - first] = threads_[id].value;
    latest = std::max(latest, threads_[id].warp_interval);
  }
  for (const unsigned id : lanes) {
    threads_[id].received = values;
    threads_[id].state = State::ready;
    if (orders_memory) threads_[id].warp_interval = latest + 1;
  }
  return me.received;
}

std::string Block::waiting_text(unsigned id) const {
  const Thread& thread = threads_[id];
  const std::string who = thread_text(id);
  switch (thread.state) {
    case State::at_barrier:
      return who + " waits at __syncthreads(): " + thread.place.text();
    case State::in_warp_operation:
      return who + " waits in " + thread.operation + " with mask " + mask_text(thread.mask) + ": " +
             thread.place.text();
    case State::exited:
      return who + " has returned";
    case State::ready:
      break;
  }
  return who + " can run";
}

/// The first thread that waits in vain, and one that it waits for.
void Block::report_stuck() const {
  const auto count = static_cast<unsigned>(threads_.size());
  for (unsigned id = 0; id < count; ++id) {
    const Thread& thread = threads_[id];
    if (thread.state != State::in_warp_operation) continue;
    for (unsigned lane = 0; lane < warp_size; ++lane) {
      const unsigned other = id - id % warp_size + lane;
      if ((thread.mask >> lane & 1) == 0) continue;
      if (other >= count) {
        report("mask with lanes that do not exist", {waiting_text(id)});
      }
      const Thread& missing = threads_[other];
      if (missing.state != State::in_warp_operation || missing.mask != thread.mask ||
          std::strcmp(missing.operation, thread.operation) != 0) {
        report("operation of a warp that not all lanes of its mask reach",
               {waiting_text(id), waiting_text(other)});
      }
    }
  }
  const auto waits = std::find_if(threads_.begin(), threads_.end(), [](const Thread& thread) {
    return thread.state == State::at_barrier;
  });
  const auto elsewhere = std::find_if(threads_.begin(), threads_.end(), [&](const Thread& thread) {
    return thread.state != State::at_barrier || !same(thread.place, waits->place);
  });
  report("barrier that not all threads reach",
         {waiting_text(static_cast<unsigned>(waits - threads_.begin())),
          waiting_text(static_cast<unsigned>(elsewhere - threads_.begin()))});
}

}  // namespace breakeven::host
