#pragma once

#include <vector_types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "kernels/host/fiber.h"
#include "kernels/host/place.h"
#include "kernels/host/schedule.h"
#include "kernels/host/shared_space.h"

namespace breakeven::host {

/// A kernel with its arguments, and the shape it is launched in.
struct Launch {
  const void* kernel;
  std::function<void()> body;  // the kernel's body for one thread
  dim3 grid;
  dim3 block;
  std::size_t dynamic_shared_bytes = 0;
  SourcePlace place = SourcePlace::here();
};

/// What each lane of a warp brought to an operation that the warp does together.
using Lanes = std::array<std::uint64_t, 32>;

/// Executes blocks of a launch on the calling host thread, one after another. A device thread runs
/// until it has to wait for others, at a barrier or in an operation of its warp; the schedule says
/// who runs next. Threads that never wait follow each other on one fiber.
class Block {
 public:
  Block(const Launch& launch, const Schedule& schedule);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  /// Executes the block of that index in the grid, counted along x first.
  void run(std::uint64_t index);

  /// The block whose kernel this host thread is inside of; null if it is in none.
  static Block* executing() { return executing_; }
  const Launch& launch() const { return launch_; }
  uint3 index() const { return index_; }
  uint3 thread_index(unsigned thread) const { return threads_[thread].index; }
  unsigned current() const { return current_; }  // the thread that runs
  SharedSpace& shared() { return *shared_; }

  /// The following are called by the device thread that runs.

  /// __syncthreads.
  void barrier(SourcePlace place);
  /// Waits until all lanes of the mask came with the same operation and mask, and gives what each
  /// of them brought. `orders_memory`: as __syncwarp does, and as shuffles and votes do not.
  const Lanes& exchange(const char* operation, unsigned mask, std::uint64_t value,
                        bool orders_memory, SourcePlace place);
  /// Notes an access to shared memory; others pass.
  void note(const void* address, std::size_t bytes, Access::Kind kind, Place place) {
    if (shared_->contains(address)) note_shared(address, bytes, kind, place);
  }
  /// An atomic update, which no instrumentation sees.
  void check_atomic(const void* address, std::size_t bytes, SourcePlace place);
  /// cp.async: `bytes` to shared memory, the first `source_bytes` of them from `from`, the rest
  /// zeros. The destination holds poison until the thread waits.
  void copy_async(void* to, const void* from, std::size_t bytes, std::size_t source_bytes,
                  SourcePlace place);
  void commit_copies();
  /// Completes all but the latest `groups` committed groups.
  void wait_copies(int groups);

 private:
  enum class State { ready, at_barrier, in_warp_operation, exited };
  struct AsyncCopy {
    void* to;
    const void* from;
    std::size_t bytes, source_bytes;
    int group;
    SourcePlace place;
  };
  struct Thread {
    uint3 index;
    State state;
    Fiber* fiber;
    // Where it waits, and for a warp's operation for what.
    SourcePlace place;
    const char* operation;
    unsigned mask;
    std::uint64_t value;
    Lanes received;
    std::uint32_t warp_interval;
    std::vector<AsyncCopy> copies;
    int copy_groups;  // committed so far
  };

  void begin(std::uint64_t index);
  void resume(unsigned thread);
  void become(unsigned thread);
  void wait(State state, SourcePlace place);
  bool run_ready_threads();
  void release_barrier();
  void order_threads();
  void work(Fiber& fiber);
  Fiber& idle_fiber();
  void note_shared(const void* address, std::size_t bytes, Access::Kind kind, Place place);
  [[noreturn]] void report_stuck() const;
  std::string waiting_text(unsigned thread) const;

  static inline constinit thread_local Block* executing_ = nullptr;

  const Launch& launch_;
  Schedule schedule_;
  std::unique_ptr<SharedSpace> shared_;
  uint3 index_{};
  std::vector<Thread> threads_;
  std::vector<unsigned> order_;
  std::uint64_t intervals_ = 0;  // seeds the random orders
  std::size_t started_ = 0;      // of order_
  std::size_t exited_ = 0;
  unsigned current_ = 0;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;  // those that wait for a thread to begin
  bool ending_ = false;
};

}  // namespace breakeven::host
