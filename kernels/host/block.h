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

/// What each lane of a warp brought to a shuffle, a vote or a reduction.
using Lanes = std::array<std::uint64_t, 32>;

class Block;

/// What lanes of a warp do together.
struct WarpOperation {
  const char* name;
  SourcePlace place;
  unsigned mask = 0xffffffff;
  bool orders_memory = false;  // as __syncwarp does, and as shuffles and votes do not
  bool aligned = false;        // PTX's .aligned: all lanes come to the same place in the source
};

/// The lanes that met in an operation, for the one that came last and performs it for all.
struct Meeting {
  Block& block;
  const WarpOperation& operation;
  unsigned first_thread;  // the warp's, in its block
  std::array<void*, 32>
      brought{};  // by each lane of the mask, an object of its own; null elsewhere

  /// What a lane brought.
  template <class T>
  T& of(unsigned lane) const {
    return *static_cast<T*>(brought[lane]);
  }
};

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
  /// Waits until all lanes of the mask came with the same operation and mask. The last of them
  /// performs it, with what each of them brought: an object that stays where it is meanwhile.
  void meet(const WarpOperation& operation, void* brought, void (*perform)(const Meeting&));
  /// Waits in the same way, and gives what each lane of the mask brought.
  Lanes exchange(const char* operation, unsigned mask, std::uint64_t value, bool orders_memory,
                 SourcePlace place);
  /// Notes an access to shared memory; others pass.
  void note(const void* address, std::size_t bytes, Access::Kind kind, Place place) {
    if (shared_->contains(address)) note_shared(current_, address, bytes, kind, place);
  }
  /// Notes what a thread does to shared memory in an operation of its warp, which no
  /// instrumentation sees; in a build that sees no access either, nothing.
  void note_in_warp(unsigned thread, const void* address, std::size_t bytes, Access::Kind kind,
                    Place place);
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
    SourcePlace place;        // of the barrier where it waits
    WarpOperation operation;  // in which it waits, and what it brought there
    void* brought;
    std::uint32_t warp_interval;
    std::vector<AsyncCopy> copies;
    int copy_groups;  // committed so far
  };

  void begin(std::uint64_t index);
  void resume(unsigned thread);
  void become(unsigned thread);
  void wait(State state);
  bool run_ready_threads();
  void release_barrier();
  void order_threads();
  void work(Fiber& fiber);
  Fiber& idle_fiber();
  void note_shared(unsigned thread, const void* address, std::size_t bytes, Access::Kind kind,
                   Place place);
  bool came(unsigned thread, const WarpOperation& operation) const;
  [[noreturn]] void report_stuck() const;
  std::string waiting_text(unsigned thread) const;

  static inline constinit thread_local Block* executing_ = nullptr;

  const Launch& launch_;
  Schedule schedule_;
  std::unique_ptr<SharedSpace> shared_;
  uint3 index_{};
  std::vector<Thread> threads_;
  std::vector<unsigned> order_;
  std::vector<unsigned> waiting_lanes_;  // of each warp, those in one of its operations
  std::uint64_t intervals_ = 0;          // seeds the random orders
  std::size_t started_ = 0;              // of order_
  std::size_t exited_ = 0;
  unsigned current_ = 0;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;  // those that wait for a thread to begin
  bool ending_ = false;
};

}  // namespace breakeven::host
