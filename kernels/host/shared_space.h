#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/host/place.h"

namespace breakeven::host {

/// One access of a device thread to shared memory, or what is remembered of it.
struct Access {
  enum class Kind : std::uint8_t {
    read,
    write,
    atomic,      // reads and writes; no race with its like
    async_copy,  // cp.async on its way: written, but not readable before it was waited for
    arrival,     // of such a copy, when its thread waited
  };
  Place place;
  std::uint32_t interval = 0;       // between which barriers of the block
  std::uint32_t warp_interval = 0;  // between which __syncwarp of the thread's warp
  std::uint16_t thread = 0;         // index in the block
  Kind kind = Kind::read;
};

/// The shared memory of the block that a host thread executes: every object an allocation of exact
/// size with forbidden ground around it, filled with the schedule's poison; and, where accesses are
/// instrumented, who touched which byte last, so that races and reads of what nobody wrote are
/// found with their places.
class SharedSpace {
 public:
  SharedSpace();
  ~SharedSpace();
  SharedSpace(const SharedSpace&) = delete;
  SharedSpace& operator=(const SharedSpace&) = delete;

  /// `most_bytes`: what static and dynamic shared memory may come to together.
  void begin_block(unsigned char poison, std::size_t dynamic_bytes, std::size_t most_bytes);
  void end_block();
  /// All threads of the block met: accesses before and after are in order.
  void barrier() {
    report_unwritten();
    ++interval_;
  }

  /// The block's object of that tag (one for each type), made at the first request. Aligned to
  /// `alignment` and to no more, so that an access that needs more is found.
  void* object(const void* tag, std::size_t bytes, std::size_t alignment, const char* type);
  /// The block's dynamic shared memory.
  void* dynamic();

  bool contains(const void* address) const {
    return static_cast<std::size_t>(static_cast<const std::byte*>(address) - memory_) < capacity;
  }
  /// Checks an access and remembers it; reports what is wrong with it and does not return then.
  void note(const void* address, std::size_t bytes, Access access);
  /// Fills memory that is about to be overwritten behind the threads' backs.
  void fill_with_poison(void* address, std::size_t bytes) const;

 private:
  /// What is remembered of a word, or of one byte where a word was not always accessed as a whole.
  struct History {
    Access write, read, other_read;  // other_read: by another thread than `read`
  };
  struct Object {
    const void* tag;
    std::byte* data;
    std::size_t bytes;
    std::string name;
  };

  // Objects, the ground around them, and room for more of both than a GPU would allow.
  static constexpr std::size_t capacity = std::size_t{2} << 20;
  static constexpr std::size_t word_bytes = 4;
  static constexpr std::size_t guard_bytes = std::size_t{32} << 10;

  Object& place(const void* tag, std::size_t bytes, std::size_t alignment, std::string name);
  const Object& object_around(const void* address, std::size_t bytes, const Access& access) const;
  bool conflict(const Access& before, const Access& now) const;
  /// Which bytes an access touches, for what is said of them.
  struct Touched {
    const Object& object;
    const std::byte* from;
    std::size_t bytes;
    std::string text() const;
  };
  void split(std::size_t word);
  void note_read(History& history, const Access& access, const Touched& touched);
  void note_write(History& history, const Access& access, const Touched& touched);
  void note_unwritten(const History& history, const Access& access, const Touched& touched);
  [[noreturn]] void report_race(const Access& before, const Access& now,
                                const Touched& touched) const;
  /// Reports the first read in this interval of what nobody has written since.
  void report_unwritten() const;

  std::byte* memory_;
  History* history_;      // of each byte of memory_; of a whole word its first byte's
  std::uint32_t* split_;  // of each word, the interval in which it was split last
  std::size_t used_ = 0;
  std::size_t static_bytes_ = 0, dynamic_bytes_ = 0, most_bytes_ = 0;  // of this block
  std::vector<Object> objects_;
  // A read of what nobody wrote, in this interval: a race if another thread still writes there.
  std::optional<Access> unwritten_;
  std::string unwritten_at_;
  unsigned char poison_ = 0;
  std::uint32_t interval_ = 1;
  std::uint32_t first_interval_ = 1;  // of the block
};

}  // namespace breakeven::host
