#include "kernels/host/fiber.h"

#include <boost/context/protected_fixedsize_stack.hpp>
#include <mutex>
#include <utility>
#include <vector>

#include "kernels/host/sanitizers.h"

namespace breakeven::host {
namespace {

using boost::context::stack_context;

/// Enough for the locals of a kernel thread, which a GPU would keep in 255 registers, with the
/// zones that AddressSanitizer puts around each.
constexpr std::size_t stack_bytes = std::size_t{256} << 10;

/// Stacks are made by the thousand and used for microseconds: they are kept for the next launch.
class StackPool {
 public:
  stack_context take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return boost::context::protected_fixedsize_stack(stack_bytes).allocate();
    const stack_context stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void give_back(const stack_context& stack) {
    const std::lock_guard lock(mutex_);
    free_.push_back(stack);
  }

 private:
  std::mutex mutex_;
  std::vector<stack_context> free_;
};

StackPool& pool() {
  static auto* stacks = new StackPool;  // outlives every thread
  return *stacks;
}

/// Boost's view of a stack that is not its own.
struct Borrowed {
  stack_context stack;
  stack_context allocate() const { return stack; }
  void deallocate(stack_context&) const {}
};

void* bottom_of(const stack_context& stack) { return static_cast<char*>(stack.sp) - stack.size; }

}  // namespace

Fiber::Fiber(std::function<void(Fiber&)> body)
    : body_(std::move(body)),
      stack_(pool().take()),
      inside_(std::allocator_arg, Borrowed{stack_}, [this](boost::context::fiber&& outside) {
        outside_ = std::move(outside);
        enter();
        body_(*this);
        leave(/*for_good=*/true);
        return std::move(outside_);
      }) {}

Fiber::~Fiber() {
  // Boost's outermost frames are left by a jump and never undo what was marked on their behalf.
  constexpr std::size_t outermost = 4096;
  unpoison(static_cast<char*>(stack_.sp) - outermost, outermost);
  pool().give_back(stack_);
}

void Fiber::resume() {
  void* fake_stack = nullptr;
  start_switch(&fake_stack, bottom_of(stack_), stack_.size);
  inside_ = std::move(inside_).resume();
  finish_switch(fake_stack, nullptr, nullptr);
}

void Fiber::suspend() {
  leave(/*for_good=*/false);
  outside_ = std::move(outside_).resume();
  enter();
}

void Fiber::enter() { finish_switch(fake_stack_, &outside_bottom_, &outside_bytes_); }

void Fiber::leave(bool for_good) {
  start_switch(for_good ? nullptr : &fake_stack_, outside_bottom_, outside_bytes_);
}

}  // namespace breakeven::host
