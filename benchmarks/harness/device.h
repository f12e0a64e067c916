#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "operations/implementation.h"

namespace breakeven {

/// An allocation that the device (or the pinned pool) could not give.
struct OutOfMemory : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the harness asks of an accelerator: one device, one stream, everything in its order.
/// Every function throws std::runtime_error naming the call that failed. The tests have a slow, a
/// busy and a failing one of their own behind this interface.
class Device {
 public:
  enum class Event { start, copied_in, computed, stop };

  virtual ~Device() = default;

  virtual Stream stream() = 0;
  /// Creating the context, once [s].
  virtual double context_seconds() const = 0;

  /// Device memory; throws OutOfMemory.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) = 0;
  /// Page-locked host memory; throws OutOfMemory.
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  virtual void release_pinned(void* memory) = 0;
  virtual std::size_t free_bytes() = 0;
  virtual std::size_t l2_bytes() const = 0;

  /// Enqueued; the host buffer must stay until `synchronize`.
  virtual void copy_in(void* device, const void* host, std::size_t bytes) = 0;
  virtual void copy_out(void* host, const void* device, std::size_t bytes) = 0;
  virtual void synchronize() = 0;

  /// Like `copy_in`, on a stream of its own beside `stream`.
  virtual void copy_ahead(void* device, const void* host, std::size_t bytes) = 0;
  /// What is enqueued on either of both streams from now on waits for what is on the other by now.
  virtual void meet() = 0;
  /// Waits for what was copied ahead.
  virtual void finish_copies_ahead() = 0;

  /// What `enqueue` puts on the stream, counted without being done; nothing where it does what
  /// can't be captured.
  virtual std::optional<int> count_launches(const std::function<void()>& enqueue) = 0;

  virtual void record(Event event) = 0;
  /// Time between two recorded events, both reached [s].
  virtual double seconds_between(Event from, Event to) = 0;

  /// Records one more mark.
  virtual void mark() = 0;
  /// Time of each mark since the first, all reached [s]; none is left.
  virtual std::vector<double> take_marks() = 0;

  /// Enqueues a kernel that holds the stream until `unblock`, or until its time-out.
  virtual void block() = 0;
  /// Lets the stream go. False if the block had timed out before: the queue was full or a call
  /// waited for the device.
  virtual bool unblock() = 0;

  virtual void launch_empty_kernel() = 0;
  /// Forgets L2 lines that were marked persisting: they would survive a rotation of buffers.
  virtual void reset_persisting_lines() = 0;
  /// SM clock now [MHz], where it can be read.
  virtual std::optional<double> clock_mhz() = 0;
};

/// The first CUDA device, or nothing and the reason (see machine/gpu_status.h).
std::unique_ptr<Device> open_cuda_device();

}  // namespace breakeven
