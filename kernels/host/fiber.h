#pragma once

#include <boost/context/fiber.hpp>
#include <functional>

namespace breakeven::host {

/// A function on a stack of its own that can stop half-way and go on later. AddressSanitizer is
/// told of every switch. A fiber stays on the host thread that made it, since compiled code may
/// keep the address of a thread_local variable across a switch.
class Fiber {
 public:
  /// `body` gets the fiber itself. It begins with the first `resume`, and has to return before the
  /// fiber is destroyed.
  explicit Fiber(std::function<void(Fiber&)> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Called on the host thread's own stack: runs the body until it suspends or ends.
  void resume();
  /// Called by the body: back to where `resume` was called.
  void suspend();

 private:
  void enter();  // on arriving at the fiber's stack
  void leave(bool for_good);

  std::function<void(Fiber&)> body_;
  boost::context::stack_context stack_;
  boost::context::fiber inside_, outside_;
  const void* outside_bottom_ = nullptr;  // the host thread's stack, for AddressSanitizer
  std::size_t outside_bytes_ = 0;
  void* fake_stack_ = nullptr;
};

}  // namespace breakeven::host
