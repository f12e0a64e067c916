#include "kernels/host/shared_space.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "kernels/host/device_model.h"
#include "kernels/host/finding.h"
#include "kernels/host/sanitizers.h"

namespace breakeven::host {
namespace {

using Kind = Access::Kind;

/// Zeros that cost nothing until they are touched.
void* reserve(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

std::string bytes_text(std::size_t bytes) {
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

const char* verb(Kind kind) {
  switch (kind) {
    case Kind::read:
      return "reads";
    case Kind::write:
      return "writes";
    case Kind::atomic:
      return "atomically updates";
    case Kind::async_copy:
      return "starts cp.async into";
    case Kind::arrival:
      return "waits for cp.async into";
  }
  return "";
}

/// Any address names a type.
constexpr char dynamic_tag = 0;

}  // namespace

SharedSpace::SharedSpace()
    : memory_(static_cast<std::byte*>(reserve(capacity))),
      history_(static_cast<History*>(reserve(capacity * sizeof(History)))),
      split_(static_cast<std::uint32_t*>(reserve(capacity / word_bytes * sizeof(*split_)))) {
  poison(memory_, capacity);
}

SharedSpace::~SharedSpace() {
  unpoison(memory_, capacity);
  munmap(split_, capacity / word_bytes * sizeof(*split_));
  munmap(history_, capacity * sizeof(History));
  munmap(memory_, capacity);
}

void SharedSpace::begin_block(unsigned char poison, std::size_t dynamic_bytes,
                              std::size_t most_bytes) {
  most_bytes_ = most_bytes;
  poison_ = poison;
  first_interval_ = ++interval_;
  used_ = static_bytes_ = 0;
  dynamic_bytes_ = dynamic_bytes;
  constexpr std::size_t dynamic_alignment = 128;  // as dynamic_shared promises
  if (dynamic_bytes > 0) {
    place(&dynamic_tag, dynamic_bytes, dynamic_alignment, "dynamic shared memory");
  }
}

void SharedSpace::end_block() {
  report_unwritten();
  for (const Object& object : objects_) host::poison(object.data, object.bytes);
  objects_.clear();
}

SharedSpace::Object& SharedSpace::place(const void* tag, std::size_t bytes, std::size_t alignment,
                                        std::string name) {
  // AddressSanitizer marks in steps of eight bytes, so less than that is not told apart.
  const std::size_t step = std::max<std::size_t>(alignment, 8);
  std::size_t at = (used_ + guard_bytes + 2 * step - 1) / (2 * step) * (2 * step) + step;
  if (at + bytes + guard_bytes > capacity) report("too many objects in shared memory");
  std::byte* data = memory_ + at;
  unpoison(data, bytes);
  std::memset(data, poison_, bytes);
  used_ = at + bytes;
  return objects_.emplace_back(tag, data, bytes, std::move(name));
}

void* SharedSpace::object(const void* tag, std::size_t bytes, std::size_t alignment,
                          const char* type) {
  for (const Object& object : objects_) {
    if (object.tag == tag) return object.data;
  }
  static_bytes_ += bytes;
  const std::size_t most = device_model().shared_per_block;
  if (static_bytes_ > most) {
    report("static shared memory of " + bytes_text(static_bytes_) + ", where a block has " +
           bytes_text(most));
  }
  if (static_bytes_ + dynamic_bytes_ > most_bytes_) {
    report("shared memory of " + bytes_text(static_bytes_ + dynamic_bytes_) +
           ", static and dynamic, where a block has at most " + bytes_text(most_bytes_));
  }
  return place(tag, bytes, alignment, type_name(type)).data;
}

void* SharedSpace::dynamic() {
  for (const Object& object : objects_) {
    if (object.tag == &dynamic_tag) return object.data;
  }
  report("dynamic shared memory in a launch without any", {running_thread_text() + " asks for it"});
}

const SharedSpace::Object& SharedSpace::object_around(const void* address, std::size_t bytes,
                                                      const Access& access) const {
  const auto* from = static_cast<const std::byte*>(address);
  const Object* nearest = nullptr;
  for (const Object& object : objects_) {
    if (from >= object.data && from + bytes <= object.data + object.bytes) return object;
    if (nearest == nullptr || object.data <= from) nearest = &object;
  }
  std::string where = "there is none in this block";
  if (nearest != nullptr) {
    where = "at byte " + std::to_string(from - nearest->data) + " of " + nearest->name +
            ", which has " + bytes_text(nearest->bytes);
  }
  report("access outside shared memory",
         {thread_text(access.thread) + " " + verb(access.kind) + " " + bytes_text(bytes) + " " +
          where + ": " + access.place.text()});
}

bool SharedSpace::conflict(const Access& before, const Access& now) const {
  if (before.interval != interval_ || before.thread == now.thread) return false;
  const bool same_warp = before.thread / 32 == now.thread / 32;
  return !(same_warp && before.warp_interval < now.warp_interval);
}

void SharedSpace::report_race(const Access& before, const Access& now,
                              const Touched& touched) const {
  const char* past = before.kind == Kind::read ? " read" : " wrote";
  report("race in shared memory", {thread_text(now.thread) + " " + verb(now.kind) + " " +
                                       touched.text() + ": " + now.place.text(),
                                   thread_text(before.thread) + past +
                                       " there with no barrier between: " + before.place.text()});
}

void SharedSpace::report_unwritten() const {
  if (!unwritten_) return;
  report("read of shared memory that nobody wrote",
         {thread_text(unwritten_->thread) + " reads " + unwritten_at_ + ": " +
          unwritten_->place.text()});
}

void SharedSpace::note_unwritten(const History& history, const Access& access,
                                 const Touched& touched) {
  if (history.write.interval >= first_interval_ || unwritten_) return;
  unwritten_ = access;
  unwritten_at_ = touched.text();
}

void SharedSpace::note_read(History& history, const Access& access, const Touched& touched) {
  const Access& write = history.write;
  note_unwritten(history, access, touched);
  if (write.interval >= first_interval_ && write.kind == Kind::async_copy) {
    report("read of a cp.async that was not waited for",
           {thread_text(access.thread) + " reads " + touched.text() + ": " + access.place.text(),
            thread_text(write.thread) + " started the copy: " + write.place.text()});
  }
  if (conflict(write, access)) report_race(write, access, touched);
  if (history.read.interval == interval_ && history.read.thread != access.thread) {
    history.other_read = history.read;
  }
  history.read = access;
}

void SharedSpace::note_write(History& history, const Access& access, const Touched& touched) {
  const Access& write = history.write;
  const bool under_way = write.kind == Kind::async_copy && write.interval >= first_interval_;
  if (under_way && access.kind != Kind::arrival) report_race(write, access, touched);
  if (access.kind == Kind::atomic) note_unwritten(history, access, touched);
  const bool both_atomic = access.kind == Kind::atomic && write.kind == Kind::atomic;
  if (!both_atomic && conflict(write, access)) report_race(write, access, touched);
  for (const Access* read : {&history.read, &history.other_read}) {
    if (conflict(*read, access)) report_race(*read, access, touched);
  }
  history.write = access;
}

/// From now on in this block the word's bytes are remembered one by one.
void SharedSpace::split(std::size_t word) {
  if (split_[word] >= first_interval_) return;
  split_[word] = interval_;
  History* first = history_ + word * word_bytes;
  std::fill(first + 1, first + word_bytes, *first);
}

void SharedSpace::note(const void* address, std::size_t bytes, Access access) {
  access.interval = interval_;
  const Object& object = object_around(address, bytes, access);
  const Touched touched{object, static_cast<const std::byte*>(address), bytes};
  const std::size_t begin = touched.from - memory_, end = begin + bytes;
  for (std::size_t at = begin; at < end;) {
    const std::size_t word = at / word_bytes;
    const bool whole =
        at % word_bytes == 0 && at + word_bytes <= end && split_[word] < first_interval_;
    if (!whole) split(word);
    if (access.kind == Kind::read) {
      note_read(history_[at], access, touched);
    } else {
      note_write(history_[at], access, touched);
    }
    at += whole ? word_bytes : 1;
  }
}

std::string SharedSpace::Touched::text() const {
  return bytes_text(bytes) + " at byte " + std::to_string(from - object.data) + " of " +
         object.name;
}

void SharedSpace::fill_with_poison(void* address, std::size_t bytes) const {
  std::memset(address, poison_, bytes);
}

}  // namespace breakeven::host
