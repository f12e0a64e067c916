// What a block's running thread does with memory, as far as the executor takes part in it.

#include <algorithm>
#include <cstring>
#include <string>

#include "kernels/host/block.h"
#include "kernels/host/finding.h"
#include "kernels/host/sanitizers.h"

namespace breakeven::host {

void Block::note_shared(unsigned thread, const void* address, std::size_t bytes, Access::Kind kind,
                        Place place) {
  shared_->note(address, bytes,
                {.place = place,
                 .warp_interval = threads_[thread].warp_interval,
                 .thread = static_cast<std::uint16_t>(thread),
                 .kind = kind});
}

void Block::note_in_warp(unsigned thread, const void* address, std::size_t bytes, Access::Kind kind,
                         Place place) {
  if constexpr (follows_accesses) note_shared(thread, address, bytes, kind, place);
}

void Block::check_atomic(const void* address, std::size_t bytes, SourcePlace place) {
  const std::string who = thread_text(current_) + ": " + place.text();
  if (reinterpret_cast<std::uintptr_t>(address) % bytes != 0) report("misaligned atomic", {who});
  if (shared_->contains(address)) {
    note_shared(current_, address, bytes, Access::Kind::atomic, place);
  } else if (first_poisoned(address, bytes) != nullptr) {
    report("atomic outside a device buffer", {who});
  }
}

void Block::copy_async(void* to, const void* from, std::size_t bytes, std::size_t source_bytes,
                       SourcePlace place) {
  const auto misaligned = [bytes](const void* address) {
    return reinterpret_cast<std::uintptr_t>(address) % bytes != 0;
  };
  const auto refuse = [&](const char* what) {
    report(what, {thread_text(current_) + " copies " + std::to_string(bytes) +
                  " bytes: " + place.text()});
  };
  if (!shared_->contains(to)) refuse("cp.async to what is not shared memory");
  if (misaligned(to)) refuse("misaligned cp.async, to shared memory");
  if (misaligned(from)) refuse("misaligned cp.async, from global memory");
  if (source_bytes > 0 && first_poisoned(from, source_bytes) != nullptr) {
    refuse("cp.async from outside a device buffer");
  }
  note_shared(current_, to, bytes, Access::Kind::async_copy, place);
  shared_->fill_with_poison(to, bytes);
  Thread& me = threads_[current_];
  me.copies.push_back({to, from, bytes, source_bytes, me.copy_groups, place});
}

void Block::commit_copies() { ++threads_[current_].copy_groups; }

void Block::wait_copies(int groups) {
  Thread& me = threads_[current_];
  const auto pending = std::stable_partition(
      me.copies.begin(), me.copies.end(),
      [&](const AsyncCopy& copy) { return copy.group < me.copy_groups - groups; });
  for (auto copy = me.copies.begin(); copy != pending; ++copy) {
    std::memcpy(copy->to, copy->from, copy->source_bytes);
    std::memset(static_cast<std::byte*>(copy->to) + copy->source_bytes, 0,
                copy->bytes - copy->source_bytes);
    note_shared(current_, copy->to, copy->bytes, Access::Kind::arrival, copy->place);
  }
  me.copies.erase(me.copies.begin(), pending);
}

}  // namespace breakeven::host
